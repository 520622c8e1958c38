/** Names that move: the current branch, branches, tags, environments of datasets. */
import { empty, json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { at, cid, dataset, defined, fields, refCommit, revision, signature } from "./shapes.js";

const name = (what: string) =>
  t.String({ minLength: 1, description: `the ${what}'s name, percent-encoded as one segment` });
const branch = t.Object({ branch: name("branch") });
const tagName = t.Object({ tag: name("tag") });
const environment = t.Object({ dataset, environment: name("environment") });
const head = t.Object({ branch: t.Optional(t.String()), commit: t.Optional(cid) });
const branchInfo = t.Object({ name: t.String(), commit: cid, current: t.Boolean() });
const tagInfo = t.Object({
  name: t.String(),
  commit: cid,
  message: t.Optional(t.String({ description: "of an annotated tag" })),
  tagger: t.Optional(signature),
});

export const branchRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/head",
      operationId: "getHead",
      tag: "branches",
      summary: "Names the current branch and its commit.",
      scope: "read",
      answers: { 200: { description: "the branch; without a commit where there is none yet", json: head } },
    },
    async (_, repo) => json(await repo.head()),
  ),
  route(
    {
      method: "PUT",
      path: "/api/v1/head",
      operationId: "switchBranch",
      tag: "branches",
      summary: "Makes a branch the current one: what requests that name none mean.",
      scope: "admin",
      body: { json: fields({ branch: t.String({ minLength: 1 }) }) },
      answers: { 200: { description: "the branch", json: head } },
    },
    async (call, repo) => json(await repo.switch((await call.json()).branch)),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/branches",
      operationId: "listBranches",
      tag: "branches",
      summary: "Lists the branches, in the order of their names.",
      scope: "read",
      answers: { 200: { description: "the branches", json: t.Object({ branches: t.Array(branchInfo) }) } },
    },
    async (_, repo) => json({ branches: await repo.branches() }),
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/branches",
      operationId: "createBranch",
      tag: "branches",
      summary: "Makes a branch at a revision.",
      scope: "write",
      body: { json: fields({ name: t.String({ minLength: 1 }), at }) },
      answers: { 201: { description: "it was made", json: refCommit } },
    },
    async (call, repo) => {
      const { name: wanted, at: from } = await call.json();
      const commit = await repo.branch(wanted, from === undefined ? {} : { at: from });
      return json({ name: wanted, commit }, { status: 201 });
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/branches/{branch}/rename",
      operationId: "renameBranch",
      tag: "branches",
      summary: "Gives a branch another name.",
      scope: "write",
      params: branch,
      body: { json: fields({ to: t.String({ minLength: 1 }) }) },
      answers: { 204: { description: "it has the name" } },
    },
    async (call, repo) => {
      await repo.renameBranch(call.params.branch, (await call.json()).to);
      return empty();
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/branches/{branch}",
      operationId: "removeBranch",
      tag: "branches",
      summary: "Removes a branch; refused for the current one, and for one with commits of its own unless forced.",
      scope: "write",
      params: branch,
      query: t.Object({ force: t.Optional(t.Boolean()) }),
      answers: { 204: { description: "it is gone" } },
    },
    async ({ params, query }, repo) => {
      await repo.deleteBranch(params.branch, query);
      return empty();
    },
  ),
] as const;

export const tagRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/tags",
      operationId: "listTags",
      tag: "tags",
      summary: "Lists the tags, in the order of their names.",
      scope: "read",
      answers: { 200: { description: "the tags", json: t.Object({ tags: t.Array(tagInfo) }) } },
    },
    async (_, repo) => json({ tags: (await repo.tags()).map(defined) }),
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/tags",
      operationId: "createTag",
      tag: "tags",
      summary: "Makes a tag at a revision; with a message, an annotated one.",
      scope: "write",
      body: { json: fields({ name: t.String({ minLength: 1 }), at, message: t.Optional(t.String()) }) },
      answers: { 201: { description: "it was made", json: refCommit } },
    },
    async (call, repo) => {
      const { name: wanted, ...options } = await call.json();
      return json(
        { name: wanted, commit: await repo.tag(wanted, { ...options, tagger: call.author }) },
        { status: 201 },
      );
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/tags/{tag}",
      operationId: "removeTag",
      tag: "tags",
      summary: "Removes a tag.",
      scope: "write",
      params: tagName,
      answers: { 204: { description: "it is gone" } },
    },
    async ({ params }, repo) => {
      await repo.deleteTag(params.tag);
      return empty();
    },
  ),
] as const;

export const environmentRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/environments",
      operationId: "listEnvironments",
      tag: "environments",
      summary: "Lists the environments of a dataset, in the order of their names.",
      scope: "read",
      params: t.Object({ dataset }),
      answers: { 200: { description: "the environments", json: t.Object({ environments: t.Array(refCommit) }) } },
    },
    async ({ params }, repo) => json({ environments: await repo.environments(params.dataset) }),
  ),
  route(
    {
      method: "PUT",
      path: "/api/v1/datasets/{dataset}/environments/{environment}",
      operationId: "setEnvironment",
      tag: "environments",
      summary: "Makes an environment of a dataset name the commit of a revision.",
      scope: "write",
      params: environment,
      body: { json: fields({ at: revision }) },
      answers: { 204: { description: "it names the commit" } },
    },
    async (call, repo) => {
      await repo.setEnvironment(call.params.dataset, call.params.environment, (await call.json()).at);
      return empty();
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/datasets/{dataset}/environments/{environment}",
      operationId: "removeEnvironment",
      tag: "environments",
      summary: "Removes an environment of a dataset.",
      scope: "write",
      params: environment,
      answers: { 204: { description: "it is gone" } },
    },
    async ({ params }, repo) => {
      await repo.setEnvironment(params.dataset, params.environment, null);
      return empty();
    },
  ),
] as const;
