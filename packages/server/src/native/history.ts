/** What was: commits, who changed what, what refs were before; and the ways back. */
import type { CommitInfo, Repository } from "@sheaf/core";
import { json, ndjson } from "../answer.js";
import type { Call } from "../call.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { parseCursor, printCursor } from "./cursor.js";
import { edit, editAnswers } from "./edits.js";
import { permitFormerNames } from "./former-name.js";
import { rowIdOf, rowParams, rowQuery } from "./row-id.js";
import {
  at,
  cid,
  commitInfo,
  dataset,
  defined,
  editQuery,
  exampleCid,
  exampleMove,
  fields,
  pageQuery,
  person,
  revision,
} from "./shapes.js";

const tag = "history";

const logQuery = t.Object({
  at,
  dataset: t.Optional(t.String({ description: "only commits in which this dataset changed" })),
  id: t.Optional(t.String({ description: "only those in which this row of it changed" })),
  firstParent: t.Optional(t.Boolean({ description: "only what is on the line of first parents" })),
  ...pageQuery,
});

const reflogEntry = t.Object(
  {
    ref: t.String(),
    value: t.Union([t.String(), t.Null()]),
    before: t.Union([t.String(), t.Null()]),
    who: person,
    time: t.Integer({ description: "milliseconds since 1970" }),
    command: t.String(),
    serial: t.Integer({ description: "the how-manieth move of the ref it is" }),
  },
  {
    $id: "RefMove",
    description: "One move of a ref; null where it was not there, or was removed.",
    examples: [exampleMove],
  },
);

const undone = {
  ref: "refs/heads/main",
  from: exampleCid,
  to: null,
  command: "commit",
};

const blame = t.Object({ pointer: t.String(), commit: cid, time: t.Integer({ description: "seconds since 1970" }) });

export const historyRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/commits",
      operationId: "listCommits",
      tag,
      summary: "Lists commits, newest first.",
      scope: "read",
      isJudged: true,
      query: logQuery,
      answers: {
        200: {
          description: "the commits",
          json: t.Object({ commits: t.Array(commitInfo), next: t.Optional(t.String()) }),
        },
      },
    },
    listCommits,
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/commits/{revision}",
      operationId: "getCommit",
      tag,
      summary: "Gives the commit that a revision names.",
      scope: "read",
      params: t.Object({ revision }),
      answers: { 200: { description: "the commit", json: commitInfo } },
    },
    async ({ params }, repo) => json(await repo.show(params.revision)),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/blame",
      operationId: "blameRows",
      tag,
      summary:
        "Says for every row, or those asked for, which commits made it and last changed it; a JSON object a line.",
      scope: "read",
      params: t.Object({ dataset }),
      query: t.Object({ at, ids: t.Optional(t.Array(t.String(), { maxItems: 1000 })) }),
      answers: {
        200: {
          description: '{"id", "created", "createdTime", "changed", "changedTime"}, times in seconds since 1970',
          lines: t.Object({
            id: t.String(),
            created: cid,
            createdTime: t.Integer(),
            changed: cid,
            changedTime: t.Integer(),
          }),
        },
      },
    },
    async ({ params, query, signal }, repo) => ndjson(blameTexts(repo, params.dataset, { ...query, signal })),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/rows/{id}/blame",
      operationId: "blameFields",
      tag,
      summary: "Says for each field of a row which commit its value comes from.",
      scope: "read",
      params: rowParams,
      query: t.Object({ at, ...rowQuery }),
      answers: { 200: { description: "the fields", json: t.Object({ fields: t.Array(blame) }) } },
    },
    async (call, repo) => {
      const from = call.query.at === undefined ? {} : { at: call.query.at };
      const found = await repo.dataset(call.params.dataset).blameFields(rowIdOf(call), from);
      return json({ fields: Array.from(found, ([pointer, { commit, time }]) => ({ pointer, commit, time })) });
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/restore",
      operationId: "restoreDataset",
      tag,
      summary: "Puts a dataset back to what it was at a revision, as a new commit.",
      scope: "write",
      params: t.Object({ dataset }),
      query: t.Object(editQuery),
      body: { json: fields({ from: revision }) },
      answers: editAnswers,
    },
    async (call, repo, desk) => {
      const { dataset: path } = call.params;
      const { from } = await call.json();
      await permitFormerNames(call, repo, path, [call.query.branch ?? "HEAD", from]);
      return json(await edit(call, desk, [{ dataset: path, restore: from }]));
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/undo",
      operationId: "undo",
      tag,
      summary: "Takes back the last command that moved a ref, whoever gave it; called again, the one before it.",
      scope: "admin",
      answers: {
        200: {
          description: "what was taken back",
          json: t.Object(
            {
              ref: t.String(),
              from: t.Union([t.String(), t.Null()]),
              to: t.Union([t.String(), t.Null()]),
              command: t.String(),
            },
            { examples: [undone] },
          ),
        },
      },
    },
    async (_, repo) => json(await repo.undo()),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/reflog",
      operationId: "readReflog",
      tag,
      summary: "Says what a ref was before, newest first.",
      scope: "read",
      query: t.Object({
        ref: t.Optional(
          t.String({ minLength: 1, description: "a branch, or the whole name of a ref; default: the current branch" }),
        ),
        limit: pageQuery.limit,
      }),
      answers: { 200: { description: "the entries", json: t.Object({ entries: t.Array(reflogEntry) }) } },
    },
    async ({ query }, repo) => {
      const entries = [];
      for await (const entry of repo.reflog(query.ref)) if (entries.push(entry) >= (query.limit ?? 100)) break;
      return json({ entries });
    },
  ),
] as const;

async function listCommits(call: Call<unknown, Static<typeof logQuery>>, repo: Repository): Promise<Response> {
  const { cursor: text, limit = 100, ...query } = call.query;
  await call.permit({ scope: "read", ...(query.dataset === undefined ? {} : { dataset: query.dataset }) });
  const key = JSON.stringify([query.dataset, query.id, query.firstParent]);
  const cursor = text === undefined ? undefined : parseCursor(text, key);
  const from = cursor?.commit ?? query.at;
  const toPass = cursor?.offset ?? 0;
  const commits: CommitInfo[] = [];
  let seen = 0;
  const options = defined({ ...query, at: from, signal: call.signal, limit: toPass + limit + 1 });
  for await (const commit of repo.log(options)) if (seen++ >= toPass) commits.push(commit);
  if (commits.length <= limit) return json({ commits });
  const isWhole = query.dataset === undefined && query.id === undefined && toPass === 0;
  const rest =
    isWhole && isLine(commits, query.firstParent)
      ? { commit: commits[limit].commit, offset: 0 }
      : { commit: await repo.resolve(from ?? "HEAD"), offset: toPass + limit };
  return json({ commits: commits.slice(0, limit), next: printCursor({ query: key, ...rest }) });
}

/**
 * Says whether each commit leads on to the next one alone. Then all that is left comes of the last one, and the next page can begin there.
 *
 * Where lines meet it cannot, as what is left comes of several commits; nor with a filter, which follows the dataset from the tip's path on. There the next
 * page passes over what was given since the last such commit.
 */
function isLine(commits: readonly CommitInfo[], firstParent = false): boolean {
  return commits.slice(1).every(({ commit }, i) => {
    const { parents } = commits[i];
    return parents[0] === commit && (firstParent || parents.length === 1);
  });
}

async function* blameTexts(
  repo: Repository,
  path: string,
  options: { at?: string; ids?: string[]; signal: AbortSignal },
): AsyncGenerator<string> {
  for await (const { id, created, createdTime, changed, changedTime } of repo.dataset(path).blame(options))
    yield JSON.stringify({ id, created, createdTime, changed, changedTime });
}
