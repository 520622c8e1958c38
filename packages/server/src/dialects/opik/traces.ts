/** Traces and spans that arrive: records. What comes of one later (its end, scores, results of assertions) is laid over what is there. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Route } from "../../route.js";
import { changeRecords } from "../catalog/records.js";
import { badRequest, notFound } from "./errors.js";
import { Fields, isBlank, Rules } from "./fields.js";
import { uuid7 } from "./ids.js";
import { operation, type Ask } from "./operation.js";
import { textOf } from "./filter.js";
import { projectIdOf, projectIn } from "./projects.js";

export type RecordKind = "traces" | "spans";
const most = 1000;

const path = (kind: RecordKind) => `/v1/private/${kind}`;

/** How operations of a kind are called. */
export const words = {
  traces: { many: "Traces", one: "Trace", what: "a trace" },
  spans: { many: "Spans", one: "Span", what: "a span" },
} as const;

const kinds = ["traces", "spans"] as const;

export const traceRoutes: readonly Route[] = [
  ...kinds.map(kind => {
    const { many } = words[kind];
    const at = `${path(kind)}/batch`;
    return operation(
      { id: `create${many}`, method: "POST", path: at, scope: "write", says: `Keeps ${kind}.` },
      async ask => {
        const body = await ask.body();
        await keep(ask, kind, body.each(kind) ?? []);
        return empty();
      },
    );
  }),
  ...kinds.map(kind => {
    const { one, what } = words[kind];
    return operation(
      { id: `create${one}`, method: "POST", path: path(kind), scope: "write", says: `Keeps ${what}.` },
      async ask => {
        const [id] = await keep(ask, kind, [await ask.body()]);
        return empty(201, { location: `${path(kind)}/${id}` });
      },
    );
  }),
  ...kinds.map(kind => {
    const at = `${path(kind)}/feedback-scores`;
    return operation(
      { id: `scoreBatchOf${words[kind].many}`, method: "PUT", path: at, scope: "write", says: `Scores ${kind}.` },
      async ask => {
        await score(ask, kind, (await ask.body()).each("scores") ?? []);
        return empty();
      },
    );
  }),
  ...kinds.map(kind => {
    const { one, what } = words[kind];
    return operation(
      { id: `update${one}`, method: "PATCH", path: `${path(kind)}/{id}`, scope: "write", says: `Adds to ${what}.` },
      async ask => {
        const { value } = await ask.body();
        await keep(ask, kind, [new Fields({ ...value, id: ask.uuid("id") })]);
        return empty();
      },
    );
  }),
  ...kinds.map(kind => {
    const { one, what } = words[kind];
    return operation(
      { id: `get${one}ById`, method: "GET", path: `${path(kind)}/{id}`, scope: "read", says: `Gives ${what}.` },
      async ask => {
        const id = ask.uuid("id");
        const found = await ask.record(kind, id);
        if (!found) throw notFound(`${one} not found`);
        return json({ id, ...found, project_id: projectIdOf(ask.platform, found) });
      },
    );
  }),
];

export const assertionRoutes: readonly Route[] = [
  operation(
    {
      id: "storeAssertionsBatch",
      method: "PUT",
      path: "/v1/private/assertion-results",
      scope: "write",
      says: "Keeps results of assertions about traces or spans.",
    },
    async ask => {
      const body = await ask.body();
      const type = body.oneOf("entity_type", ["TRACE", "SPAN", "THREAD"]) ?? "TRACE";
      const results = body.each("assertion_results") ?? [];
      new Rules().size("assertion_results", results, most).done();
      const byEntity = grouped(results, "entity_id");
      await changeRecords(
        ask.call,
        ask.desk,
        type === "SPAN" ? "spans" : "traces",
        [...byEntity.keys()],
        (id, before) => {
          const entries = (byEntity.get(id) ?? []).map(fields =>
            without(fields, ["entity_id", "project_name", "project_id"]),
          );
          return { ...before, assertion_results: merged(before?.["assertion_results"], entries, ["name"]) };
        },
      );
      return empty();
    },
  ),
];

/** Keeps records, each laid over what is there; gives their ids. Throws 422 for too many, 400 for an id that is none. */
async function keep(ask: Ask, kind: RecordKind, given: readonly Fields[]): Promise<string[]> {
  new Rules().size(kind, given, most).done();
  const fresh = ask.ids.fresh(given.length);
  const ids = given.map((fields, i) => {
    const id = fields.uuid("id") ?? fresh[i];
    if (!uuid7.test(id))
      throw badRequest("Invalid id", `${kind === "traces" ? "Trace" : "Span"} id must be a version 7 UUID`);
    return id;
  });
  const projects = new Map<string, string | undefined>();
  for (const fields of given) {
    const named = projectKey(fields);
    if (!projects.has(named)) projects.set(named, await projectIn(ask, fields));
  }
  const { now } = ask;
  await changeRecords(ask.call, ask.desk, kind, ids, (id, before) => {
    let after: ValueObject = { ...(before ?? { created_at: now }), last_updated_at: now };
    given.forEach((fields, i) => {
      if (ids[i] !== id) return;
      const project = projects.get(projectKey(fields));
      after = {
        ...after,
        ...without(fields, ["id", "project_id"]),
        ...(project === undefined ? {} : { project_id: project }),
      };
    });
    return after;
  });
  return ids;
}

function projectKey(fields: Fields): string {
  return `${fields.uuid("project_id") ?? ""} ${fields.text("project_name") ?? ""}`;
}

async function score(ask: Ask, kind: RecordKind, scores: readonly Fields[]): Promise<void> {
  new Rules().size("scores", scores, most).done();
  const rules = new Rules();
  for (const fields of scores) {
    rules.hold(!isBlank(fields.text("name") ?? ""), `${fields.path}.name must not be blank`);
    rules.hold(fields.get("value") !== undefined, `${fields.path}.value must not be null`);
    rules.hold(fields.uuid("id") !== undefined, `${fields.path}.id must not be null`);
  }
  rules.done();
  const byId = grouped(scores, "id");
  await changeRecords(ask.call, ask.desk, kind, [...byId.keys()], (id, before) => {
    const entries = (byId.get(id) ?? []).map(fields => without(fields, ["id", "project_name", "project_id"]));
    return { ...before, feedback_scores: merged(before?.["feedback_scores"], entries, ["name", "category_name"]) };
  });
}

function grouped(all: readonly Fields[], name: string): Map<string, Fields[]> {
  const groups = new Map<string, Fields[]>();
  for (const fields of all) {
    const id = fields.uuid(name);
    if (id === undefined) throw badRequest("Unable to process JSON", `${fields.path}.${name} is missing`);
    groups.set(id, [...(groups.get(id) ?? []), fields]);
  }
  return groups;
}

/** The members that are given, but these. */
function without({ value }: Fields, names: readonly string[]): ValueObject {
  const members = Object.entries(value).filter(([name, member]) => member !== null && !names.includes(name));
  return Object.fromEntries(members);
}

/** A list in which entries take the place of those of the same name. */
function merged(before: Value | undefined, entries: readonly ValueObject[], names: readonly string[]): Value[] {
  const all = new Map<string, Value>();
  const key = (entry: Value) => JSON.stringify(names.map(name => (isObject(entry) ? textOf(entry[name] ?? "") : "")));
  for (const entry of [...(Array.isArray(before) ? before : []), ...entries]) all.set(key(entry), entry);
  return [...all.values()];
}
