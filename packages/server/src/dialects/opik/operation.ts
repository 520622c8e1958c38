/** One operation of Opik's API as a route: its parameters are texts that it reads itself, for what is wrong with them has statuses of Opik's own. */
import type { Value, ValueObject } from "@sheaf/core";
import { empty } from "../../answer.js";
import { Call, type Scope } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route, type Method, type Route } from "../../route.js";
import { t } from "../../schema.js";
import { idsBy, type IdsBy } from "../catalog/record-index.js";
import { getRecord, recordPath } from "../catalog/records.js";
import { nowTime } from "../catalog/time.js";
import type { Columns } from "../catalog/system-columns.js";
import { uuidForm } from "../catalog/uuid.js";
import { noSuchPath, refusedRequest } from "./errors.js";
import { Fields } from "./fields.js";
import { idsOf } from "./ids.js";
import { columnsFor } from "./item.js";

export interface OperationSpec {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly scope: Scope;
  readonly says: string;
  /** The names in the query that it has a use for. */
  readonly query?: readonly string[];
  /** Set for an upload. */
  readonly bytes?: readonly string[];
}

/** One request, with what answers it. */
export class Ask {
  constructor(
    readonly call: Call<Readonly<Record<string, string>>, Readonly<Record<string, string>>, Value | undefined>,
    readonly desk: Desk,
  ) {}

  /** The same for work that goes on behind the answer: what it needs was permitted before, and the signal is its own. */
  inJob(signal: AbortSignal): Ask {
    const { request, params, query, caller, limits, shape } = this.call;
    const own = new Request(request.url, { signal });
    return new Ask(new Call(own, params, query, caller, limits, shape, async () => undefined), this.desk);
  }

  get repo() {
    return this.desk.repo;
  }

  get platform() {
    return this.desk.repo.context.platform;
  }

  get ids() {
    return idsOf(this.desk.repo);
  }

  /** The time, as records hold it. */
  get now(): string {
    return nowTime(this.repo);
  }

  /** The names that the data of items may not have for the client. */
  get columns(): Columns {
    return columnsFor(this.call.request);
  }

  /** A UUID in the path, in lower case. Throws 404 for what is none. */
  uuid(name: string): string {
    const id = this.call.params[name].toLowerCase();
    if (!uuidForm.test(id)) throw noSuchPath(`${JSON.stringify(id)} is not a UUID`);
    return id;
  }

  param(name: string): string {
    return this.call.params[name];
  }

  query(name: string): string | undefined {
    return this.call.query[name];
  }

  flag(name: string): boolean {
    return this.call.query[name]?.toLowerCase() === "true";
  }

  /** A number in the query: 404 for what is none, 400 below `least`. */
  number(name: string, usual: number, least = 1): number {
    const text = this.query(name);
    if (text === undefined || text === "") return usual;
    if (!/^-?\d{1,15}$/.test(text))
      throw noSuchPath(`${name} is to be a whole number, and not ${JSON.stringify(text)}`);
    if (Number(text) < least) throw refusedRequest(`query param ${name} must be greater than or equal to ${least}`);
    return Number(text);
  }

  /** Which page is wanted, and of which size. */
  page(): Page {
    return { page: this.number("page", 1), size: this.number("size", 10) };
  }

  /** A record that the caller may read. */
  async record(kind: string, id: string): Promise<ValueObject | undefined> {
    await this.call.permit({ scope: "read", dataset: recordPath(kind) });
    return getRecord(this.desk, kind, id);
  }

  /** The ids of records that the caller may read, by a field of theirs. */
  async idsBy(kind: string, field: string): Promise<IdsBy> {
    await this.call.permit({ scope: "read", dataset: recordPath(kind) });
    return idsBy(this.desk, kind, field);
  }

  async body(): Promise<Fields> {
    return Fields.of(await this.call.json());
  }

  /** The answer for what was made below the path of the request. */
  made(id: string): Response {
    const [path] = this.call.request.url.split("?", 1);
    return empty(201, { location: `${path.replace(/\/$/, "")}/${id}` });
  }
}

export interface Page {
  readonly page: number;
  readonly size: number;
}

export function operation(spec: OperationSpec, handle: (ask: Ask) => Promise<Response>): Route {
  const { id, method, path, scope, says, query = [], bytes } = spec;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const hasBody = method !== "GET" && method !== "DELETE";
  return route(
    {
      method,
      path,
      operationId: id,
      tag: "opik",
      summary: says,
      scope,
      params: t.Object(Object.fromEntries(names.map(name => [name, t.String()]))),
      query: t.Object(Object.fromEntries(query.map(name => [name, t.Optional(t.String())]))),
      ...(bytes ? { body: { bytes } } : hasBody ? { body: { json: t.Unknown(), optional: true } } : {}),
      answers: { 200: { description: "as Opik answers" } },
    },
    (call, _, desk) => handle(new Ask(call as never, desk)),
  ) as Route;
}

/** What an answer says of the page that it gives: which one, how many are in it and in all, and, under both names that clients look for, what sorts them. */
export function pageWords({ page }: Page, size: number, total: number, sortable: readonly string[] = []) {
  return { page, size, total, sortable_by: sortable, sortableBy: sortable };
}

/** The part of a list that a page shows. */
export function pageOf<T>(all: readonly T[], { page, size }: Page): T[] {
  const from = (page - 1) * size;
  return Number.isSafeInteger(from) ? all.slice(from, from + size) : [];
}
