/** Drafts: work in progress outside the branches. As a branch or a revision a draft is called `refs/drafts/<name>`. */
import { empty, json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { merged, merging } from "./merges.js";
import { at, commitQuery, fields, refCommit } from "./shapes.js";
import { commitOptions } from "./version.js";

const tag = "drafts";
const path = "/api/v1/drafts/{draft}";
const params = t.Object({ draft: t.String({ minLength: 1, description: "the draft's name, percent-encoded" }) });

export const draftRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/drafts",
      operationId: "listDrafts",
      tag,
      summary: "Lists the drafts, in the order of their names.",
      scope: "read",
      answers: { 200: { description: "the drafts", json: t.Object({ drafts: t.Array(refCommit) }) } },
    },
    async (_, repo) => json({ drafts: await repo.drafts() }),
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/drafts",
      operationId: "createDraft",
      tag,
      summary: "Makes a draft of a revision. Edits with branch=refs/drafts/<name> go into it.",
      scope: "write",
      body: { json: fields({ name: t.String({ minLength: 1 }), at }) },
      answers: { 201: { description: "it was made", json: refCommit } },
    },
    async (call, repo) => {
      const { name, at: from } = await call.json();
      const commit = await repo.draft(name, from === undefined ? {} : { at: from });
      return json({ name, commit }, { status: 201 });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/merge`,
      operationId: "mergeDraft",
      tag,
      summary: "Merges a draft into a branch, and drops it where that leaves no conflicts.",
      scope: "write",
      params,
      query: t.Object(commitQuery),
      answers: { 200: { description: "what became of it", json: merged } },
    },
    async (call, repo, desk) => {
      const { draft } = call.params;
      return merging(call, desk, async () => {
        const result = await repo.merge(`refs/drafts/${draft}`, commitOptions(call));
        if ("commit" in result) await repo.deleteDraft(draft);
        return result;
      });
    },
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "dropDraft",
      tag,
      summary: "Drops a draft, whatever it holds; undo brings it back.",
      scope: "write",
      params,
      answers: { 204: { description: "it is gone" } },
    },
    async (call, repo) => {
      await repo.deleteDraft(call.params.draft);
      return empty();
    },
  ),
] as const;
