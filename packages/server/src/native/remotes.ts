/** Other repositories: named, fetched from, pulled from and pushed to. */
import type { Value } from "@sheaf/core";
import { empty, json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { accepted, jobOrAnswer, jobQuery } from "./jobs.js";
import { defined, exampleCid, fields } from "./shapes.js";

const tag = "remotes";
const path = "/api/v1/remotes/{remote}";
const params = t.Object({ remote: t.String({ minLength: 1, description: "the remote's name, percent-encoded" }) });
const remoteInfo = t.Object({ name: t.String(), url: t.String({ description: "without credentials" }) });
const flag = t.Optional(t.Boolean());
const names = t.Optional(t.Array(t.String(), { description: "branches or tags, or source:destination" }));

const exchanged = t.Record(t.String(), t.Unknown(), {
  $id: "Exchange",
  description: "With which remote, and what became of each ref; of a pull, what became of the branch too.",
  examples: [
    {
      remote: "origin",
      url: "https://sheaf.example.org/evals",
      refs: [
        {
          remote: "refs/heads/main",
          ref: "refs/remotes/origin/main",
          outcome: "new",
          before: null,
          after: exampleCid,
        },
      ],
    },
  ],
});

/** What fetch, pull and push have in common: long work with another side. */
const exchange = {
  method: "POST",
  tag,
  scope: "admin",
  params,
  query: t.Object(jobQuery),
  answers: { 200: { description: "what became of each ref", json: exchanged }, 202: accepted },
} as const;

export const remoteRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/remotes",
      operationId: "listRemotes",
      tag,
      summary: "Lists the remotes, in the order of their names.",
      scope: "read",
      answers: { 200: { description: "the remotes", json: t.Object({ remotes: t.Array(remoteInfo) }) } },
    },
    async (_, repo) => json({ remotes: (await repo.remotes()).map(({ name, url }) => ({ name, url })) }),
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/remotes",
      operationId: "addRemote",
      tag,
      summary: "Records another repository under a name; a password in its URL is not kept.",
      scope: "admin",
      body: { json: fields({ name: t.String({ minLength: 1 }), url: t.String({ minLength: 1 }) }) },
      answers: {
        201: { description: "it was recorded", json: t.Composite([remoteInfo, t.Object({ stripped: t.Boolean() })]) },
      },
    },
    async (call, repo) => {
      const asked = await call.json();
      const { name, url, stripped } = await repo.addRemote(asked.name, asked.url);
      return json({ name, url, stripped }, { status: 201 });
    },
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "removeRemote",
      tag,
      summary: "Forgets a remote and the branches that were fetched from it.",
      scope: "admin",
      params,
      answers: { 204: { description: "it is gone" } },
    },
    async (call, repo) => {
      await repo.removeRemote(call.params.remote);
      return empty();
    },
  ),
  route(
    {
      ...exchange,
      path: `${path}/fetch`,
      operationId: "fetchRemote",
      summary: "Fetches what a remote has, and moves the refs that follow its branches.",
      body: { json: fields({ refs: names, prune: flag, tags: flag }), optional: true },
    },
    async (call, repo, desk) => {
      const options = (await call.json()) ?? {};
      return jobOrAnswer(call, desk, "fetch", async watch =>
        plain(await repo.fetch(call.params.remote, { ...options, ...watch })),
      );
    },
  ),
  route(
    {
      ...exchange,
      path: `${path}/pull`,
      operationId: "pullRemote",
      summary:
        "Fetches, and merges a branch of the remote into the current one; conflicts wait as those of a merge do.",
      body: {
        json: fields({ branch: t.Optional(t.String()), rebase: flag, prune: flag, tags: flag }),
        optional: true,
      },
    },
    async (call, repo, desk) => {
      const options = (await call.json()) ?? {};
      const { remote } = call.params;
      const { author } = call;
      return jobOrAnswer(call, desk, "pull", async watch =>
        plain(await repo.pull({ remote, author, ...options, ...watch })),
      );
    },
  ),
  route(
    {
      ...exchange,
      path: `${path}/push`,
      operationId: "pushRemote",
      summary: "Sends branches and tags (default: the current branch) and what they need to a remote.",
      body: {
        json: fields({ refs: names, force: flag, delete: flag, setUpstream: flag, all: flag, tags: flag }),
        optional: true,
      },
    },
    async (call, repo, desk) => {
      const { refs, ...options } = (await call.json()) ?? {};
      return jobOrAnswer(call, desk, "push", async watch =>
        plain(await repo.push(call.params.remote, refs, { ...options, ...watch })),
      );
    },
  ),
] as const;

/** A result of the library as JSON has it: members that are `undefined` are left out, however deep. */
function plain(result: unknown): Value {
  if (Array.isArray(result)) return result.map(plain);
  if (typeof result !== "object" || result === null) return result as Value;
  const members = Object.entries(defined(result)).map(([key, value]) => [key, plain(value)] as const);
  return Object.fromEntries(members);
}
