/** Projects: records, so that SDKs that begin with a project find one. Datasets name those that they are used in. */
import type { ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { changeRecords, getRecord, listRecords, recordPath } from "../catalog/records.js";
import { nowTime } from "../catalog/time.js";
import { madeUuid, uuidForm } from "../catalog/uuid.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { callerInfo } from "./session.js";
import { inDataset, needDataset, ownOf } from "./shapes.js";
import type { UserInfo } from "./users.js";

const tag = "projects";
export const projectKind = "projects";
export const inProject = t.Object({ project_id: uuid });
const projectType = t.Union(["prompt_evaluation", "llm_monitor", "protect", "gen_ai"].map(name => t.Literal(name)));

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly created_at: string;
  readonly streams: readonly string[];
}

export const projectRoutes = [
  route(
    {
      method: "GET",
      path: "/projects",
      operationId: "get_projects",
      tag,
      summary: "Lists projects, those of a name or a type.",
      scope: "read",
      query: t.Object({ project_name: t.Optional(t.String()), type: t.Optional(t.String()) }),
      answers: { 200: { description: "a list of ProjectDB" } },
    },
    async (call, repo, desk) => {
      const { project_name: name, type } = call.query;
      const user = await callerInfo(call, repo);
      const all = await allProjects(call, desk);
      const wanted = all.filter(
        project => (name === undefined || project.name === name) && (type === undefined || project.type === type),
      );
      return json(wanted.map(project => projectJson(project, user)));
    },
  ),
  route(
    {
      method: "POST",
      path: "/projects",
      operationId: "create_project",
      tag,
      summary: "Makes a project, or gives the one that has this name.",
      scope: "write",
      body: {
        json: t.Object({ name: t.String({ minLength: 1 }), type: maybe(projectType) }),
      },
      answers: { 200: { description: "a ProjectCreateResponse" } },
    },
    async (call, repo, desk) => {
      const { name, type } = await call.json();
      const known = (await allProjects(call, desk)).find(project => project.name === name);
      const project = known ?? (await makeProject(call, desk, name, type ?? "gen_ai"));
      return json(projectJson(project, await callerInfo(call, repo)));
    },
  ),
  route(
    {
      method: "GET",
      path: "/projects/all",
      operationId: "get_all_projects",
      tag,
      summary: "As get_projects.",
      scope: "read",
      query: t.Object({ type: t.Optional(t.String()) }),
      answers: { 200: { description: "a list of ProjectDBThin" } },
    },
    async (call, repo, desk) => {
      const user = await callerInfo(call, repo);
      const all = (await allProjects(call, desk)).filter(({ type }) => [undefined, type].includes(call.query.type));
      return json(all.map(project => projectJson(project, user)));
    },
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}",
      operationId: "get_project",
      tag,
      summary: "Gives a project.",
      scope: "read",
      params: inProject,
      answers: { 200: { description: "a ProjectDB" } },
    },
    async (call, repo, desk) =>
      json(projectJson(await needProject(call, desk, call.params.project_id), await callerInfo(call, repo))),
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/projects",
      operationId: "list_dataset_projects",
      tag,
      summary: "Lists the projects that a dataset is used in.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: { 200: { description: "a ListDatasetProjectsResponse" } },
    },
    async (call, repo, desk) => {
      const { projects } = ownOf(await needDataset(call, desk));
      const { part, fields } = paged(projects, pageOf(call.query));
      const all = await allProjects(call, desk);
      const user = await callerInfo(call, repo);
      const found = part.flatMap(id => all.find(project => project.id === id) ?? []);
      const shown = found.map(({ id, name, created_at }) => ({
        id,
        created_at,
        updated_at: created_at,
        name,
        created_by_user: user,
      }));
      return json({ ...fields, projects: shown });
    },
  ),
] as const;

/** Throws 404. */
export async function needProject(call: Call, desk: Desk, id: string): Promise<Project> {
  const record = call.sees(recordPath(projectKind)) ? await getRecord(desk, projectKind, id.toLowerCase()) : undefined;
  const project = record && read(id.toLowerCase(), record);
  if (!project) throw notFound(`there is no project ${id}`);
  return project;
}

async function allProjects(call: Call, desk: Desk): Promise<Project[]> {
  const all: Project[] = [];
  if (!call.sees(recordPath(projectKind))) return all;
  for await (const { id, item } of listRecords(desk, projectKind, { signal: call.signal })) {
    const project = uuidForm.test(id) ? read(id, item as ValueObject) : undefined;
    if (project) all.push(project);
  }
  return all;
}

async function makeProject(call: Call, desk: Desk, name: string, type: string): Promise<Project> {
  const { platform } = desk.repo.local();
  const id = madeUuid(platform, 4, ["galileo project", name]);
  const item = { name, type, created_at: nowTime(desk.repo) };
  let project: Project = { id, ...item, streams: [] };
  await changeRecords(call, desk, projectKind, [id], (_, before) => {
    // Of two that make it at once, the one that comes second finds it made.
    project = (before && read(id, before)) ?? project;
    return before ? undefined : item;
  });
  return project;
}

/** A project of any face: of one that tells no type, Galileo's usual one is taken for granted. */
function read(id: string, item: ValueObject): Project | undefined {
  const { name, type, created_at: created } = item;
  if (typeof name !== "string") return undefined;
  return {
    id,
    name,
    type: typeof type === "string" ? type : "gen_ai",
    created_at: typeof created === "string" ? created : new Date(0).toISOString(),
    streams: streamsIn(item),
  };
}

/** The log streams that a project's record names. */
export function streamsIn({ log_streams: streams }: ValueObject): string[] {
  return Array.isArray(streams) ? streams.filter(stream => typeof stream === "string") : [];
}

function projectJson({ id, name, type, created_at }: Project, user: UserInfo) {
  return {
    id,
    name,
    type,
    created_at,
    updated_at: created_at,
    created_by: user.id,
    created_by_user: user,
    permissions: [],
    runs: [],
    bookmark: false,
    description: null,
    labels: [],
  };
}
