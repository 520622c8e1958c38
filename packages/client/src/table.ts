/** Where each operation is, and what it sends where that is not JSON: all that the client knows at run time. A test holds it to the routes. */

export interface Place {
  readonly method: string;
  readonly path: string;
  /** The media type of the body, if it is not `application/json`; none for bytes, whose type the caller gives. */
  readonly sends?: string;
  /** What comes back goes out as bytes, whatever its media type. */
  readonly gives?: "bytes";
}

type More = Pick<Place, "sends" | "gives">;

function at(line: string, more: More = {}): Place {
  const [method = "", path = ""] = line.split(" ");
  return { method, path, ...more };
}

export const table: Readonly<Record<string, Place>> = {
  listDatasets: at("GET /api/v1/datasets"),
  createDataset: at("POST /api/v1/datasets"),
  getDataset: at("GET /api/v1/datasets/{dataset}"),
  patchDataset: at("PATCH /api/v1/datasets/{dataset}", { sends: "application/json-patch+json" }),
  setMeta: at("PUT /api/v1/datasets/{dataset}/meta"),
  renameDataset: at("POST /api/v1/datasets/{dataset}/rename"),
  removeDataset: at("DELETE /api/v1/datasets/{dataset}"),
  listRows: at("GET /api/v1/datasets/{dataset}/rows"),
  streamRows: at("GET /api/v1/datasets/{dataset}/stream"),
  getRow: at("GET /api/v1/datasets/{dataset}/rows/{id}"),
  putRow: at("PUT /api/v1/datasets/{dataset}/rows/{id}"),
  patchRow: at("PATCH /api/v1/datasets/{dataset}/rows/{id}", { sends: "application/json-patch+json" }),
  removeRow: at("DELETE /api/v1/datasets/{dataset}/rows/{id}"),
  addRow: at("POST /api/v1/datasets/{dataset}/rows"),
  moveRow: at("POST /api/v1/datasets/{dataset}/rows/{id}/move"),
  editRows: at("POST /api/v1/datasets/{dataset}/batch"),
  listColumns: at("GET /api/v1/datasets/{dataset}/columns"),
  orderColumns: at("PUT /api/v1/datasets/{dataset}/columns"),
  renameColumn: at("POST /api/v1/datasets/{dataset}/columns/{column}/rename"),
  removeColumn: at("DELETE /api/v1/datasets/{dataset}/columns/{column}"),
  importRows: at("POST /api/v1/datasets/{dataset}/import", { sends: "bytes" }),
  exportRows: at("GET /api/v1/datasets/{dataset}/export", { gives: "bytes" }),
  startExport: at("POST /api/v1/datasets/{dataset}/export"),
  edit: at("POST /api/v1/edit"),
  listCommits: at("GET /api/v1/commits"),
  getCommit: at("GET /api/v1/commits/{revision}"),
  blameRows: at("GET /api/v1/datasets/{dataset}/blame"),
  blameFields: at("GET /api/v1/datasets/{dataset}/rows/{id}/blame"),
  restoreDataset: at("POST /api/v1/datasets/{dataset}/restore"),
  undo: at("POST /api/v1/undo"),
  readReflog: at("GET /api/v1/reflog"),
  diff: at("GET /api/v1/diff"),
  streamDiff: at("GET /api/v1/diff/stream"),
  countDiff: at("GET /api/v1/diff/stat"),
  diffPatch: at("GET /api/v1/datasets/{dataset}/diff"),
  getHead: at("GET /api/v1/head"),
  switchBranch: at("PUT /api/v1/head"),
  listBranches: at("GET /api/v1/branches"),
  createBranch: at("POST /api/v1/branches"),
  renameBranch: at("POST /api/v1/branches/{branch}/rename"),
  removeBranch: at("DELETE /api/v1/branches/{branch}"),
  listTags: at("GET /api/v1/tags"),
  createTag: at("POST /api/v1/tags"),
  removeTag: at("DELETE /api/v1/tags/{tag}"),
  listEnvironments: at("GET /api/v1/datasets/{dataset}/environments"),
  setEnvironment: at("PUT /api/v1/datasets/{dataset}/environments/{environment}"),
  removeEnvironment: at("DELETE /api/v1/datasets/{dataset}/environments/{environment}"),
  listDrafts: at("GET /api/v1/drafts"),
  createDraft: at("POST /api/v1/drafts"),
  mergeDraft: at("POST /api/v1/drafts/{draft}/merge"),
  dropDraft: at("DELETE /api/v1/drafts/{draft}"),
  startMerge: at("POST /api/v1/merges"),
  getMerge: at("GET /api/v1/merges/{branch}"),
  resolveConflicts: at("POST /api/v1/merges/{branch}/resolve"),
  finishMerge: at("POST /api/v1/merges/{branch}/finish"),
  abortMerge: at("DELETE /api/v1/merges/{branch}"),
  revertCommit: at("POST /api/v1/revert"),
  cherryPick: at("POST /api/v1/cherry-pick"),
  listRemotes: at("GET /api/v1/remotes"),
  addRemote: at("POST /api/v1/remotes"),
  removeRemote: at("DELETE /api/v1/remotes/{remote}"),
  fetchRemote: at("POST /api/v1/remotes/{remote}/fetch"),
  pullRemote: at("POST /api/v1/remotes/{remote}/pull"),
  pushRemote: at("POST /api/v1/remotes/{remote}/push"),
  watchRef: at("GET /api/v1/events"),
  listJobs: at("GET /api/v1/jobs"),
  getJob: at("GET /api/v1/jobs/{job}"),
  getJobFile: at("GET /api/v1/jobs/{job}/file", { gives: "bytes" }),
  cancelJob: at("DELETE /api/v1/jobs/{job}"),
};
