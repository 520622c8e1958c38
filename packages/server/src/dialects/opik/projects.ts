/** Opik's projects: records. Datasets of no project (those of other faces too) are in the one that its SDKs take for granted. */
import { isObject, type DatasetInfo, type Platform, type ValueObject } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import { changeRecords, getRecord, listRecords, recordPath, removeRecords } from "../catalog/records.js";
import { madeUuid } from "../catalog/uuid.js";
import { conflict, notFound } from "./errors.js";
import { isBlank, Rules, type Fields } from "./fields.js";
import { textOf } from "./filter.js";
import { opikOf } from "./ids.js";
import { operation, pageOf, pageWords, type Ask } from "./operation.js";
import { fold } from "./shape.js";

const kind = "projects";
const defaultProject = "Default Project";

/** A project's id is made from its name, so that two who make it at once make one. */
export function projectId(platform: Platform, name = defaultProject): string {
  return madeUuid(platform, 7, ["project", fold(name)], 0);
}

/** The project of a dataset. */
export function projectOf(platform: Platform, dataset: DatasetInfo): string {
  const { project_id: id } = opikOf(dataset);
  return typeof id === "string" ? id : projectId(platform, defaultProject);
}

/** The project of a record. */
export function projectIdOf(platform: Platform, { project_id: id }: ValueObject): string {
  return typeof id === "string" ? id : projectId(platform, defaultProject);
}

/** The project of a record, as others show it; its name is told to those who may read projects. */
export async function projectOfRecord(ask: Ask, record: ValueObject): Promise<ValueObject> {
  const id = projectIdOf(ask.platform, record);
  const name = ask.call.sees(recordPath(kind)) ? (await findProject(ask, id))?.["name"] : undefined;
  return name === undefined ? { project_id: id } : { project_id: id, project_name: name };
}

/** The project that a request names, made where it is not there; `undefined` for the default one. Throws 404 for an id that is none. */
export async function projectIn(ask: Ask, body: Fields): Promise<string | undefined> {
  const [id, name] = [body.uuid("project_id"), body.text("project_name")];
  if (id !== undefined) {
    if (!(await findProject(ask, id))) throw notFound("Project not found");
    return id === projectId(ask.platform, defaultProject) ? undefined : id;
  }
  new Rules().hold(name === undefined || !isBlank(name), "project_name must not be blank").done();
  if (name === undefined || fold(name) === fold(defaultProject)) return undefined;
  const made = projectId(ask.platform, name);
  // Who may not keep records makes no project: what they make is in the default one.
  if (!ask.call.sees(recordPath(kind))) return undefined;
  if (!(await getRecord(ask.desk, kind, made))) await keepProject(ask, made, name);
  return made;
}

/** Says whether it was not there before. */
async function keepProject(ask: Ask, id: string, name: string): Promise<boolean> {
  const item: ValueObject = { name, created_at: ask.now };
  let isNew = true;
  await changeRecords(ask.call, ask.desk, kind, [id], (_, before) => {
    isNew = before === undefined;
    return isNew ? item : undefined;
  });
  return isNew;
}

/** Every project that the caller may see, by name. */
async function allProjects(ask: Ask): Promise<ValueObject[]> {
  const ids = [projectId(ask.platform, defaultProject)];
  if (ask.call.sees(recordPath(kind))) for await (const { id } of listRecords(ask.desk, kind)) ids.push(id);
  const all = await Promise.all([...new Set(ids)].map(id => findProject(ask, id)));
  const found = all.filter(project => project !== undefined);
  return found.sort((a, b) => (textOf(a["name"]) < textOf(b["name"]) ? -1 : 1));
}

/** A project that the caller may see. */
async function findProject({ desk, platform, call }: Ask, id: string): Promise<ValueObject | undefined> {
  const isDefault = id === projectId(platform, defaultProject);
  if (!isDefault && !call.sees(recordPath(kind))) return undefined;
  const found = isDefault ? { name: defaultProject } : await getRecord(desk, kind, id);
  return isObject(found) ? { id, visibility: "private", ...found } : undefined;
}

export const projectRoutes = [
  operation(
    {
      id: "findProjects",
      method: "GET",
      path: "/v1/private/projects",
      scope: "read",
      says: "Lists the projects, by name.",
      query: ["page", "size", "name"],
    },
    async ask => {
      const page = ask.page();
      const wanted = fold(ask.query("name") ?? "");
      const all = (await allProjects(ask)).filter(project => fold(textOf(project["name"])).includes(wanted));
      const content = pageOf(all, page);
      return json({ content, ...pageWords(page, content.length, all.length) });
    },
  ),
  operation(
    { id: "createProject", method: "POST", path: "/v1/private/projects", scope: "write", says: "Makes a project." },
    async ask => {
      const name = (await ask.body()).text("name") ?? "";
      new Rules().hold(!isBlank(name), "name must not be blank").done();
      const id = projectId(ask.platform, name);
      const isDefault = id === projectId(ask.platform);
      if (isDefault || !(await keepProject(ask, id, name))) throw conflict("Project already exists");
      return ask.made(id);
    },
  ),
  operation(
    {
      id: "retrieveProject",
      method: "POST",
      path: "/v1/private/projects/retrieve",
      scope: "read",
      says: "Gives a project by its name.",
    },
    async ask => {
      const name = (await ask.body()).text("name") ?? "";
      new Rules().hold(!isBlank(name), "name must not be blank").done();
      return json(await needProject(ask, projectId(ask.platform, name)));
    },
  ),
  operation(
    {
      id: "getProjectById",
      method: "GET",
      path: "/v1/private/projects/{id}",
      scope: "read",
      says: "Gives a project by its id.",
    },
    async ask => json(await needProject(ask, ask.uuid("id"))),
  ),
  operation(
    {
      id: "deleteProjectById",
      method: "DELETE",
      path: "/v1/private/projects/{id}",
      scope: "write",
      says: "Deletes a project; what was in it stays.",
    },
    async ask => {
      const id = ask.uuid("id");
      if (id === projectId(ask.platform)) throw conflict("The default project stays");
      await removeRecords(ask.call, ask.desk, kind, [id]);
      return empty();
    },
  ),
];

async function needProject(ask: Ask, id: string): Promise<ValueObject> {
  const project = await findProject(ask, id);
  if (!project) throw notFound("Project not found");
  return project;
}
