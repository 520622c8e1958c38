/** Prompts that experiments were run with: records, each with all its versions. */
import { printJson, type Value, type ValueObject } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Route } from "../../route.js";
import { changeRecords, removeRecords } from "../catalog/records.js";
import { conflict, notFound } from "./errors.js";
import { promptsNow } from "./experiment-index.js";
import { listOf } from "./experiment-item.js";
import { isBlank, Rules, type Fields } from "./fields.js";
import { parseFilters, textOf } from "./filter.js";
import { readTags } from "./item.js";
import { operation, pageOf, pageWords, type Ask } from "./operation.js";
import { projectId, projectIdOf, projectIn } from "./projects.js";
import { compact, fold } from "./shape.js";
import type { KeptRecord } from "./state.js";

const P = "/v1/private/prompts";
const kind = "prompts";
const maxName = 255;

const promptFields = {
  id: "text",
  name: "text",
  description: "text",
  tags: "list",
  template_structure: "enum",
  created_at: "date",
  created_by: "text",
  last_updated_at: "date",
} as const;

export const promptRoutes: readonly Route[] = [
  operation({ id: "createPrompt", method: "POST", path: P, scope: "write", says: "Makes a prompt." }, async ask => {
    const body = await ask.body();
    const id = body.uuid("id") ?? ask.ids.fresh(1)[0];
    await ask.desk.turns("opik prompts").alone(async () => {
      const isTaken = (await ask.record(kind, id)) ?? (await findPrompt(ask, body, true));
      if (isTaken) throw conflict("Prompt already exists");
      await keepVersion(ask, id, body, body.text("template") === undefined ? undefined : body);
    });
    return ask.made(id);
  }),
  operation(
    {
      id: "createPromptVersion",
      method: "POST",
      path: `${P}/versions`,
      scope: "write",
      says: "Adds a version to a prompt, which is made where it is not there.",
    },
    async ask => {
      const body = await ask.body();
      const given = body.inner("version");
      new Rules().hold(!isBlank(given.text("template") ?? ""), "version.template must not be blank").done();
      return ask.desk.turns("opik prompts").alone(async () => {
        const found = await findPrompt(ask, body, true);
        const kept = await keepVersion(ask, found?.id ?? ask.ids.fresh(1)[0], body, given);
        return json(shownVersion(kept, listOf(kept["versions"]).length - 1));
      });
    },
  ),
  operation(
    {
      id: "retrievePromptVersion",
      method: "POST",
      path: `${P}/versions/retrieve`,
      scope: "read",
      says: "Gives a version of a prompt: by commit or number, else the newest.",
    },
    async ask => {
      const body = await ask.body();
      const [commit, number] = [body.text("commit"), body.text("version_number")];
      const found = await findPrompt(ask, body);
      const versions = found ? listOf(found["versions"]) : [];
      const at = versions.findLastIndex(
        (version, i) =>
          (commit === undefined || version["commit"] === commit) && (number === undefined || number === `v${i + 1}`),
      );
      if (!found || at < 0 || body.text("environment") !== undefined) throw notFound("Prompt version not found");
      return json(shownVersion(found, at));
    },
  ),
  operation(
    {
      id: "getPrompts",
      method: "GET",
      path: P,
      scope: "read",
      says: "Lists the prompts, newest first.",
      query: ["page", "size", "name", "project_id", "filters"],
    },
    async ask => {
      const [name, project] = [fold(ask.query("name") ?? ""), ask.query("project_id")?.toLowerCase()];
      const filters = parseFilters(ask.query("filters"), promptFields, "all");
      const isWanted = (prompt: KeptRecord) =>
        fold(textOf(prompt["name"])).includes(name) &&
        (project === undefined || projectIdOf(ask.platform, prompt) === project) &&
        filters.every(({ field, holds }) => holds(prompt[field]));
      return pageAnswer(
        ask,
        (await promptsNow(ask)).filter(isWanted).map(prompt => shownPrompt(ask, prompt)),
      );
    },
  ),
  operation(
    { id: "getPromptById", method: "GET", path: `${P}/{id}`, scope: "read", says: "Gives a prompt." },
    async ask => {
      const prompt = await needPrompt(ask);
      const last = listOf(prompt["versions"]).length - 1;
      const latest = last < 0 ? {} : { latest_version: shownVersion(prompt, last) };
      return json({ ...shownPrompt(ask, prompt), ...latest });
    },
  ),
  operation(
    {
      id: "getPromptVersions",
      method: "GET",
      path: `${P}/{id}/versions`,
      scope: "read",
      says: "Lists the versions of a prompt, newest first.",
      query: ["page", "size"],
    },
    async ask => {
      const prompt = await needPrompt(ask);
      return pageAnswer(
        ask,
        listOf(prompt["versions"])
          .map((_, i) => shownVersion(prompt, i))
          .toReversed(),
      );
    },
  ),
  operation(
    { id: "deletePromptsBatch", method: "POST", path: `${P}/delete`, scope: "write", says: "Deletes several prompts." },
    async ask => {
      const ids = (await ask.body()).uuids("ids") ?? [];
      new Rules().size("ids", ids, 1000).done();
      await removeRecords(ask.call, ask.desk, kind, ids);
      return empty();
    },
  ),
  operation(
    { id: "deletePrompt", method: "DELETE", path: `${P}/{id}`, scope: "write", says: "Deletes a prompt." },
    async ask => {
      await removeRecords(ask.call, ask.desk, kind, [ask.uuid("id")]);
      return empty();
    },
  ),
];

function pageAnswer(ask: Ask, all: readonly ValueObject[]): Response {
  const page = ask.page();
  const content = pageOf(all, page);
  return json({ content, ...pageWords(page, content.length, all.length) });
}

/** What experiments say of the versions of prompts that they were run with. */
export async function promptLinks(ask: Ask, given: readonly Fields[] | undefined): Promise<Value[] | undefined> {
  if (!given) return undefined;
  const prompts = await promptsNow(ask);
  return given.map(fields => {
    const id = fields.uuid("id") ?? fields.uuid("prompt_version_id");
    for (const prompt of prompts) {
      const version = listOf(prompt["versions"]).find(one => one["id"] === id);
      if (version) return compact({ id, commit: version["commit"], prompt_id: prompt.id, prompt_name: prompt["name"] });
    }
    return fields.value;
  });
}

/** The prompt that a request names: the one in the project that it names; else, but for one that `isOwn` is asked of, one in another project. */
async function findPrompt(ask: Ask, body: Fields, isOwn = false): Promise<KeptRecord | undefined> {
  const name = body.text("name") ?? "";
  new Rules().hold(!isBlank(name), "name must not be blank").size("name", name, maxName, 0).done();
  const named = (await promptsNow(ask)).filter(prompt => fold(textOf(prompt["name"])) === fold(name));
  const id = body.uuid("project_id") ?? projectId(ask.platform, body.text("project_name"));
  const own = named.find(prompt => projectIdOf(ask.platform, prompt) === id);
  return own ?? (isOwn ? undefined : named[0]);
}

async function needPrompt(ask: Ask): Promise<KeptRecord> {
  const id = ask.uuid("id");
  const found = await ask.record(kind, id);
  if (!found) throw notFound("Prompt not found");
  return { ...found, id };
}

/** Adds a version to a prompt; makes the prompt where it is not there. Gives what is kept now. */
async function keepVersion(ask: Ask, id: string, body: Fields, given: Fields | undefined): Promise<KeptRecord> {
  const rules = new Rules();
  const tags = readTags(body, "tags", rules);
  rules.done();
  const [project, versionId, { now }] = [await projectIn(ask, body), given?.uuid("id") ?? ask.ids.fresh(1)[0], ask];
  const made = { created_at: now, created_by: ask.call.author.name };
  const commit = given?.text("commit") ?? versionId.slice(-8);
  const version = given && compact({ ...readVersion(given), id: versionId, commit, ...made });
  const about = compact({
    name: body.text("name"),
    description: body.text("description"),
    tags,
    template_structure: body.oneOf("template_structure", ["text", "chat"]) ?? "text",
    project_id: project,
    ...made,
  });
  let kept: ValueObject = {};
  await changeRecords(ask.call, ask.desk, kind, [id], (_, before = about) => {
    const versions = [...listOf(before["versions"]), ...(version ? [version] : [])];
    return (kept = { ...before, versions, last_updated_at: now });
  });
  return { ...kept, id };
}

function readVersion(given: Fields): ValueObject {
  return compact({
    template: given.text("template"),
    metadata: given.get("metadata"),
    type: given.oneOf("type", ["mustache", "jinja2", "python"]) ?? "mustache",
    change_description: given.text("change_description"),
    tags: given.list("tags"),
  });
}

function shownVersion(prompt: KeptRecord, i: number): ValueObject {
  const { template_structure } = prompt;
  const version = listOf(prompt["versions"])[i];
  const variables = [
    ...new Set(Array.from(printJson(version["template"]).matchAll(/\{\{\s*([\w.]+)\s*\}\}/g), ([, name]) => name)),
  ];
  return compact({ ...version, prompt_id: prompt.id, version_number: `v${i + 1}`, template_structure, variables });
}

function shownPrompt(ask: Ask, prompt: KeptRecord): ValueObject {
  const { versions, ...rest } = prompt;
  return { ...rest, project_id: projectIdOf(ask.platform, prompt), version_count: listOf(versions).length };
}
