/** What differs from one revision to another: whole, as lines, as counts, and as the patch of one dataset. */
import { printJson, type Difference, type DiffOptions, type Repository, type Value } from "@sheaf/core";
import { json, list, listed, ndjson } from "../answer.js";
import type { Call } from "../call.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { permitFormerNames } from "./former-name.js";
import { patch, defined, revision } from "./shapes.js";

const tag = "diff";

const pair = t.Object({
  from: revision,
  to: t.Optional(revision),
  dataset: t.Optional(t.String({ minLength: 1, description: "of this dataset alone" })),
});
const difference = t.Record(t.String(), t.Unknown(), {
  $id: "Difference",
  description: "One thing that differs, by its `kind`.",
  examples: [{ kind: "dataset-added", dataset: "qa", count: 120 }],
});
const count = t.Integer({ minimum: 0, examples: [3] });
const whatTheyAre =
  "A difference is an object with a `kind`: dataset-added, dataset-removed, dataset-renamed, meta-changed, added, removed, changed, moved, file-added, file-removed, file-changed. Items stand in it as they rest, with their attributes under @meta, as the pointers of patches mean them.";

type PairCall = Call<unknown, Static<typeof pair>>;

export const diffRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/diff",
      operationId: "diff",
      tag,
      summary:
        "Says what differs from one revision to another (default: the current branch), in the order of datasets and rows.",
      description: whatTheyAre,
      scope: "read",
      isJudged: true,
      query: pair,
      answers: { 200: { description: "the differences", json: t.Object({ differences: t.Array(difference) }) } },
    },
    async (call, repo) => listed("differences", differenceTexts(await asked(call, repo))),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/diff/stream",
      operationId: "streamDiff",
      tag,
      summary: "The same, one JSON object a line, as they are found.",
      description: whatTheyAre,
      scope: "read",
      isJudged: true,
      query: pair,
      answers: { 200: { description: "the differences", lines: difference } },
    },
    async (call, repo) => ndjson(differenceTexts(await asked(call, repo))),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/diff/stat",
      operationId: "countDiff",
      tag,
      summary: "Counts the rows that differ, for each dataset in which any does.",
      scope: "read",
      isJudged: true,
      query: pair,
      answers: {
        200: {
          description: "the counts",
          json: t.Object({
            datasets: t.Array(
              t.Object({ dataset: t.String(), added: count, removed: count, changed: count, moved: count }),
            ),
          }),
        },
      },
    },
    async (call, repo) => {
      const { from, to, options } = await read(call, repo);
      const stat = await repo.diffStat(from, to, options);
      return json({
        datasets: Object.entries(stat).map(([dataset, { added, removed, changed, moved }]) => ({
          dataset,
          added,
          removed,
          changed,
          moved,
        })),
      });
    },
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/diff",
      operationId: "diffPatch",
      tag,
      summary: "Gives the JSON Patch that turns a dataset at one revision into what it is at another.",
      scope: "read",
      params: t.Object({ dataset: t.String({ minLength: 1 }) }),
      query: t.Object({ from: revision, to: t.Optional(revision) }),
      answers: {
        200: { description: "the patch", json: patch, mediaType: "application/json-patch+json" },
      },
    },
    async (call, repo) => {
      const { dataset } = call.params;
      const { from, to = "HEAD" } = call.query;
      await permitFormerNames(call, repo, dataset, [from, to]);
      const operations = repo.diffPatch(from, to, dataset);
      return list(
        texts(operations, operation => printJson(operation as unknown as Value)),
        "application/json-patch+json",
      );
    },
  ),
] as const;

async function read(call: PairCall, repo: Repository): Promise<{ from: string; to: string; options: DiffOptions }> {
  const { from, to = "HEAD", dataset } = call.query;
  const of = dataset === undefined ? {} : { dataset };
  await call.permit({ scope: "read", ...of });
  if (dataset !== undefined) await permitFormerNames(call, repo, dataset, [from, to]);
  return { from, to, options: { signal: call.signal, ...of } };
}

async function asked(call: PairCall, repo: Repository): Promise<AsyncIterable<Difference>> {
  const { from, to, options } = await read(call, repo);
  return repo.diff(from, to, options);
}

function differenceTexts(differences: AsyncIterable<Difference>): AsyncIterable<string> {
  return texts(differences, difference => printJson(defined(difference) as unknown as Value));
}

async function* texts<T>(values: AsyncIterable<T>, print: (value: T) => string): AsyncGenerator<string> {
  for await (const value of values) yield print(value);
}
