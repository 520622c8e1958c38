/** Lists of datasets: filtered, sorted, in pages. */
import { compareText, type Repository } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { nameOf } from "../catalog/naming.js";
import { missing } from "./errors.js";
import { environmentsOf } from "./environments.js";
import { readLine, type Line, type Saved } from "./saved.js";
import { leafOf, paginated, recordOf, type Page } from "./shapes.js";
import { isBelow } from "./tree.js";

/** Which datasets, and in which order. */
export interface ListQuery {
  /** Part of the name, whatever the case of its letters. */
  readonly name?: string;
  /** Part of the name or e-mail of who made the version. */
  readonly user_filter?: string;
  /** Only what is in this directory or below it. */
  readonly path?: string;
  /** Only what is deployed there, as it is deployed. */
  readonly environment?: string;
  readonly sort_by?: "created_at" | "updated_at" | "name";
  readonly order?: "asc" | "desc";
}

/** A dataset of a list, and the version that it is listed as. */
export interface Entry {
  readonly name: string;
  readonly line: Line;
  readonly saved: Saved;
}

/** The datasets that a query wants, each as its default version. */
export async function listed(call: Call, desk: Desk, query: ListQuery): Promise<Entry[]> {
  const { repo } = desk;
  const [usual] = await environmentsOf(repo);
  const directory = (query.path ?? "").replace(/^\/+|\/+$/g, "");
  const entries: Entry[] = [];
  for (const dataset of await desk.catalog.datasets(call)) {
    const path = nameOf(dataset);
    const name = leafOf(path);
    if (!contains(name, query.name) || !isBelow(path, directory)) continue;
    const line = await readLine(call, repo, dataset);
    const { environment } = query;
    const saved =
      environment === undefined
        ? (line.deployed.get(usual.name) ?? line.versions.at(-1))
        : line.deployed.get(environment);
    if (!saved || !isBy(saved, query.user_filter)) continue;
    entries.push({ name, line, saved });
  }
  return sorted(entries, query);
}

/** A page of records. */
export async function recordsOf(repo: Repository, entries: readonly Entry[], page: Page) {
  const { records, ...rest } = paginated(entries, page);
  return { records: await Promise.all(records.map(({ line, saved }) => recordOf(repo, line, saved))), ...rest };
}

/** The dataset at a path, as it is in an environment, or in its default version. Throws 404. */
export async function entryAt(call: Call, desk: Desk, path: string): Promise<Line> {
  const dataset = (await desk.catalog.datasets(call)).find(one => nameOf(one) === path);
  if (!dataset) throw missing(`there is no file at ${JSON.stringify(path)}`);
  return readLine(call, desk.repo, dataset);
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}

function isBy({ created: { name, email } }: Saved, part: string | undefined): boolean {
  return contains(name, part) || contains(email, part);
}

function sorted(entries: Entry[], { sort_by: by = "created_at", order = "desc" }: ListQuery): Entry[] {
  const keyOf = ({ name, saved }: Entry) =>
    by === "name" ? name : by === "updated_at" ? saved.updatedAt : saved.created.at;
  const sign = order === "desc" ? -1 : 1;
  return entries.sort((a, b) => sign * compareText(keyOf(a), keyOf(b)));
}
