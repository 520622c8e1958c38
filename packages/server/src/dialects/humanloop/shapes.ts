/** What Humanloop sends and wants: schemas of requests, and records as its SDKs read them. Both generations read all fields. */
import { printJson, setKey, type Repository, type Value, type ValueObject } from "@sheaf/core";
import { between, json, lines, stream } from "../../answer.js";
import { nameOf } from "../catalog/naming.js";
import { t } from "../../schema.js";
import { attributeOf } from "../catalog/catalog.js";
import { attributesOf, type Content } from "./content.js";
import { digestOf, itemOf, seenInBlock } from "./datapoint.js";
import { directoryIds } from "./directory-ids.js";
import { environmentsOf, type Environment } from "./environments.js";
import { datapointId, datasetId, madeId } from "./ids.js";
import type { Line, Saved, Stamp } from "./saved.js";

export const text = t.String();
export const anyRecord = t.Record(t.String(), t.Unknown());

const page = t.Integer({ minimum: 1, maximum: 2 ** 40, default: 1 });
const sizeOf = (usual: number) => t.Integer({ minimum: 0, maximum: 2 ** 40, default: usual });
/** The query of a list; without a size it has so many. */
export const pageQuery = (usual: number) => ({ page: t.Optional(page), size: t.Optional(sizeOf(usual)) });
export const sortQuery = {
  sort_by: t.Optional(t.Union([t.Literal("created_at"), t.Literal("updated_at"), t.Literal("name")])),
  order: t.Optional(t.Union([t.Literal("asc"), t.Literal("desc")])),
};
export const versionQuery = { version_id: t.Optional(text), environment: t.Optional(text) };
export const anyAnswer = { 200: { description: "as Humanloop answers" } };

export interface Page {
  readonly page?: number;
  readonly size?: number;
}

/** A page of what is at hand. */
export function paginated<T>(all: readonly T[], { page = 1, size = 10 }: Page) {
  return { records: all.slice((page - 1) * size, page * size), page, size, total: all.length };
}

/** The record of one version of a dataset, without its datapoints. */
export async function recordOf(repo: Repository, { dataset, deployed }: Line, saved: Saved) {
  const path = nameOf(dataset);
  const { meta } = dataset;
  const { platform } = repo.context;
  const tags = attributeOf(dataset, "tags");
  const attributes = attributesOf(saved.version);
  return {
    path,
    id: datasetId(dataset),
    directory_id: (await directoryIds(repo))(folderOf(path)),
    name: leafOf(path),
    version_id: saved.id,
    type: "dataset",
    description: textOrNull(meta["description"]),
    readme: textOrNull(meta["readme"]),
    schema: meta["schema"] ?? null,
    tags: Array.isArray(tags) ? tags.filter(tag => typeof tag === "string") : [],
    environments: (await environmentsOf(repo, [...deployed.keys()])).filter(
      ({ name }) => deployed.get(name)?.id === saved.id,
    ),
    created_at: saved.created.at,
    updated_at: saved.updatedAt,
    last_used_at: saved.updatedAt,
    created_by: user(saved.created),
    version_name: saved.name,
    version_description: saved.description,
    datapoints_count: saved.content.count,
    attributes: Object.keys(attributes).length > 0 ? attributes : null,
    status: saved.isDeleted ? "deleted" : saved.committed ? "committed" : "uncommitted",
    commit_message: saved.description,
    committed_by: saved.committed && user(saved.committed),
    committed_at: saved.committed && saved.committed.at,
    datapoints: null,
  };

  function user({ name, email }: Stamp) {
    return { id: madeId(platform, "usr_", email), email_address: email, full_name: name };
  }
}

/** The answer that is one record; with its datapoints, as they are read. */
export async function recordAnswer(repo: Repository, line: Line, saved: Saved, withDatapoints = false) {
  const record = await recordOf(repo, line, saved);
  if (!withDatapoints) return json(record);
  const { datapoints: _, ...rest } = record;
  return withList(rest, "datapoints", datapointTexts(repo, saved));
}

/** An answer that is a record with a list in it, whose elements are sent as they are read. */
export function withList(record: object, name: string, texts: AsyncIterable<string>): Promise<Response> {
  const head = `${printJson(record as Value).slice(0, -1)},${JSON.stringify(name)}:[`;
  return stream(lines(between(head, texts, "]}")), "application/json");
}

/** The datapoints of a version as exact JSON, in order, from the `offset`-th on. */
export async function* datapointTexts(...wanted: Parameters<typeof datapoints>): AsyncGenerator<string> {
  for await (const datapoint of datapoints(...wanted)) yield printJson(datapoint);
}

/** The datapoints of a version as exact values, in order. */
export async function datapointsOf(repo: Repository, saved: Saved): Promise<ValueObject[]> {
  const all: ValueObject[] = [];
  for await (const datapoint of datapoints(repo, saved)) all.push(datapoint);
  return all;
}

async function* datapoints(
  repo: Repository,
  { version, content }: Pick<Saved, "version" | "content">,
  offset = 0,
  limit = Infinity,
): AsyncGenerator<ValueObject> {
  const repeats = new Set(content.repeats);
  const total = Math.min(limit, content.count - offset);
  if (total <= 0) return;
  let index = rowOf(content, offset);
  let done = 0;
  const most = content.repeats.length === 0 ? total : version.info.count - index;
  for await (const { ids, blocks } of version.batches({ offset: index, limit: most }))
    for (const [i, block] of blocks.entries()) {
      if (repeats.has(index++)) continue;
      yield datapointOf(repo, ids[i], block);
      if (++done === total) return;
    }
}

/** The index of the row that the datapoint with this index stands in. */
function rowOf({ repeats }: Content, datapoint: number): number {
  let row = datapoint;
  for (const repeat of repeats) if (repeat <= row) row++;
  return row;
}

/** A row as a datapoint. One that came from Humanloop has its id from there. */
function datapointOf({ context }: Repository, rowId: string, block: Uint8Array): ValueObject {
  const seen = seenInBlock(block);
  const id = /^dp_[0-9A-Za-z]{1,64}$/.test(rowId) ? rowId : datapointId(digestOf(context.platform, seen));
  const datapoint: ValueObject = { messages: null, target: null, ...itemOf(seen) };
  setKey(datapoint, "id", id);
  return datapoint;
}

/** Every environment that there is for a dataset, with the record of what is deployed there. */
export async function deploymentsOf(repo: Repository, line: Line): Promise<(Environment & { file: unknown })[]> {
  const environments = await environmentsOf(repo, [...line.deployed.keys()]);
  const files = environments.map(async ({ name }) => {
    const saved = line.deployed.get(name);
    return saved ? recordOf(repo, line, saved) : null;
  });
  return (await Promise.all(files)).map((file, i) => ({ ...environments[i], file }));
}

/** The path of the directory that something is in. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** What something is called in the directory that it is in. */
export function leafOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
