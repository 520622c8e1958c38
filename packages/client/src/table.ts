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
  listColumns: at("GET /api/v1/datasets/{dataset}/columns"),
  orderColumns: at("PUT /api/v1/datasets/{dataset}/columns"),
  renameColumn: at("POST /api/v1/datasets/{dataset}/columns/{column}/rename"),
  removeColumn: at("DELETE /api/v1/datasets/{dataset}/columns/{column}"),
  listJobs: at("GET /api/v1/jobs"),
  getJob: at("GET /api/v1/jobs/{job}"),
  cancelJob: at("DELETE /api/v1/jobs/{job}"),
};
