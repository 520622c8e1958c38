/** Merges: begun, their conflicts listed and resolved, finished or given up; and what is made of them: revert, cherry-pick. */
import { SheafError, type Choice, type Conflict, type MergeResult, type Repository, type Value } from "@sheaf/core";
import { empty, json } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { cid, commitQuery, committed, conflict, exampleCid, fields, revision } from "./shapes.js";
import { commitOptions } from "./version.js";

const tag = "merges";
const path = "/api/v1/merges/{branch}";
const params = t.Object({
  branch: t.String({ minLength: 1, description: "the branch that receives, percent-encoded as one segment" }),
});

/** What became of a merge. */
export const merged = t.Object(
  {
    commit: t.Optional(cid),
    advanced: t.Optional(t.Boolean()),
    fastForward: t.Optional(t.Boolean()),
    conflicts: t.Optional(
      t.Array(conflict, { description: "instead of the rest: the merge waits for these to be resolved" }),
    ),
  },
  {
    $id: "Merged",
    description: "What became of a merge: a commit, or conflicts.",
    examples: [
      {
        commit: exampleCid,
        advanced: true,
        fastForward: false,
      },
    ],
  },
);

const state = t.Object(
  {
    branch: t.String(),
    ours: cid,
    theirs: cid,
    message: t.String(),
    conflicts: t.Array(t.Composite([conflict, t.Object({ resolved: t.Boolean() })])),
  },
  { $id: "MergeState", description: "A merge that waits on a branch for its conflicts to be resolved." },
);

const resolution = fields(
  {
    choice: t.Union([
      t.Literal("ours"),
      t.Literal("theirs"),
      t.Literal("base"),
      t.Literal("value"),
      t.Literal("remove"),
    ]),
    value: t.Optional(t.Unknown({ description: "with the choice `value`: what is to stand there" })),
    all: t.Optional(t.Boolean({ description: "every conflict; instead of dataset, id and pointer" })),
    dataset: t.Optional(t.String({ description: "the conflicts of this dataset" })),
    id: t.Optional(t.String({ description: "of this row" })),
    pointer: t.Optional(t.String({ description: "at this place, or below it" })),
  },
  { examples: [{ choice: "value", dataset: "qa", id: "q7", pointer: "/answer", value: "4" }] },
);
type Resolution = Static<typeof resolution>;

/** Merges into a branch while no edit moves it, and answers with what became of it. */
export async function merging(
  { query, signal }: Call<unknown, { branch?: string }>,
  desk: Desk,
  merge: () => Promise<MergeResult>,
): Promise<Response> {
  return json(await desk.edits.alone(query.branch, signal, merge));
}

/** A route that does something with a commit and may meet conflicts. */
const ofCommit = {
  method: "POST",
  tag,
  scope: "write",
  query: t.Object(commitQuery),
  body: { json: fields({ commit: revision }) },
  answers: { 200: { description: "what became of it", json: merged } },
} as const;

export const mergeRoutes = [
  route(
    {
      method: "POST",
      path: "/api/v1/merges",
      operationId: "startMerge",
      tag,
      summary: "Merges a revision into a branch; conflicts wait on the branch until they are resolved.",
      scope: "write",
      query: t.Object(commitQuery),
      body: { json: fields({ from: revision, noFastForward: t.Optional(t.Boolean()) }) },
      answers: { 200: { description: "what became of it", json: merged } },
    },
    async (call, repo, desk) => {
      const { from, ...options } = await call.json();
      return merging(call, desk, () => repo.merge(from, { ...commitOptions(call), ...options }));
    },
  ),
  route(
    {
      method: "GET",
      path,
      operationId: "getMerge",
      tag,
      summary: "Gives the merge that waits on a branch, with its conflicts.",
      scope: "read",
      params,
      answers: { 200: { description: "the merge", json: state } },
    },
    async (call, repo) => json(await need(repo, call.params.branch)),
  ),
  route(
    {
      method: "POST",
      path: `${path}/resolve`,
      operationId: "resolveConflicts",
      tag,
      summary: "Resolves conflicts of a merge that waits: one, those of a row or a dataset, or all.",
      scope: "write",
      params,
      body: { json: resolution },
      answers: { 200: { description: "the merge as it is now", json: state } },
    },
    async (call, repo) => {
      const asked = await call.json();
      const { branch } = call.params;
      const choice = choiceOf(asked);
      const meant = (await need(repo, branch)).conflicts.filter(one => isMeant(one, asked));
      if (meant.length === 0)
        throw new SheafError(
          "no-such-item",
          { dataset: asked.dataset ?? "", id: asked.id ?? "" },
          "no conflict of the merge is there",
        );
      if (typeof choice === "object" && meant.length > 1)
        throw new SheafError(
          "refused",
          {},
          `${meant.length} conflicts are meant, and one value fits one: name the row and the place`,
        );
      return json(await repo.resolveConflicts(one => (isMeant(one, asked) ? choice : undefined), { branch }));
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/finish`,
      operationId: "finishMerge",
      tag,
      summary: "Makes the commit of a merge whose conflicts are all resolved.",
      scope: "write",
      params,
      body: {
        json: fields({ message: t.Optional(t.String()) }, { examples: [{ message: "merge the fixes" }] }),
        optional: true,
      },
      answers: { 200: { description: "the commit", json: committed } },
    },
    async (call, repo, desk) => {
      const { branch } = call.params;
      const message = (await call.json())?.message;
      const { author, signal } = call;
      const options = { author, signal, branch, ...(message === undefined ? {} : { message }) };
      return json(await desk.edits.alone(branch, signal, () => repo.finishMerge(options)));
    },
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "abortMerge",
      tag,
      summary: "Gives up the merge that waits; the branch stays as it is.",
      scope: "write",
      params,
      answers: { 204: { description: "no merge waits" } },
    },
    async (call, repo) => {
      await repo.abortMerge(call.params.branch);
      return empty();
    },
  ),
  route(
    {
      ...ofCommit,
      path: "/api/v1/revert",
      operationId: "revertCommit",
      summary: "Takes back what a commit changed, as a new commit.",
    },
    async (call, repo, desk) => {
      const { commit } = await call.json();
      return merging(call, desk, () => repo.revert(commit, commitOptions(call)));
    },
  ),
  route(
    {
      ...ofCommit,
      path: "/api/v1/cherry-pick",
      operationId: "cherryPick",
      summary: "Does again what a commit changed, as a new commit with its author.",
    },
    async (call, repo, desk) => {
      const { author: _author, ...options } = commitOptions(call);
      const { commit } = await call.json();
      return merging(call, desk, () => repo.cherryPick(commit, options));
    },
  ),
] as const;

async function need(repo: Repository, branch: string) {
  const found = await repo.mergeState(branch);
  if (found) return found;
  throw new SheafError("no-such-ref", { ref: `merges/${branch}` }, `no merge into ${branch} is under way; begin one`);
}

function choiceOf({ choice, value }: Resolution): Choice {
  if ((choice === "value") !== (value !== undefined))
    throw new SheafError("bad-input", { pointer: "/value" }, "a value goes with the choice value, and with no other");
  if (choice === "remove") return { remove: true };
  return choice === "value" ? { value: value as Value } : choice;
}

function isMeant(one: Conflict, { all, dataset, id, pointer }: Resolution): boolean {
  if (all === true) return true;
  if (dataset === undefined || one.dataset !== dataset) return false;
  if (id !== undefined && one.id !== id) return false;
  return pointer === undefined || one.pointer === pointer || one.pointer.startsWith(`${pointer}/`);
}
