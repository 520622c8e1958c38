/** Opik's operations on items that read them, put them and delete them. */
import type { DatasetInfo, DatasetVersion } from "@sheaf/core";
import { empty, json, jsonText, lines, stream } from "../../answer.js";
import type { Route } from "../../route.js";
import { pathFor } from "../catalog/naming.js";
import { rowsIn } from "../catalog/words.js";
import { elsewhere, nameIn, newMeta } from "./datasets.js";
import { copyFromIn, readCopied } from "./copy-from.js";
import { findById, findByName, needById } from "./dataset.js";
import { putEdit, removeEdit, writeInGroup, type Target } from "./edits.js";
import { invalid, notFound, noSuchVersion, refusedRequest } from "./errors.js";
import { Rules, type Fields } from "./fields.js";
import type { Filter } from "./filter.js";
import { parseItemFilters } from "./item-filter.js";
import { columnsOf, itemLines, itemPage, readAt, rowIn, shownRows, wantedRows } from "./item-reader.js";
import { readItem } from "./item.js";
import { locate, locateFormer } from "./locate.js";
import { operation, pageWords, type Ask } from "./operation.js";
import { projectIn } from "./projects.js";

const I = "/v1/private/datasets/items";
const maxItems = 1000;
const maxStreamed = 2000;
const maxPage = 10_000;

export const itemRoutes: readonly Route[] = [
  operation(
    {
      id: "createOrUpdateDatasetItems",
      method: "PUT",
      path: I,
      scope: "write",
      says: "Adds items, and replaces some.",
    },
    putItems,
  ),
  operation(
    {
      id: "streamDatasetItems",
      method: "POST",
      path: `${I}/stream`,
      scope: "read",
      says: "Streams items, newest first.",
    },
    streamItems,
  ),
  operation(
    { id: "deleteDatasetItems", method: "POST", path: `${I}/delete`, scope: "write", says: "Deletes items." },
    deleteItems,
  ),
  operation(
    {
      id: "getDatasetItems",
      method: "GET",
      path: "/v1/private/datasets/{id}/items",
      scope: "read",
      says: "Gives a page of items, newest first.",
      query: ["page", "size", "version", "filters", "truncate"],
    },
    listItems,
  ),
  operation(
    { id: "getDatasetItemById", method: "GET", path: `${I}/{itemId}`, scope: "read", says: "Gives one item." },
    getItem,
  ),
];

async function putItems(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const rules = new Rules();
  const [id, name] = [body.uuid("dataset_id"), body.text("dataset_name")];
  const given = body.each("items") ?? [];
  rules.hold(id !== undefined || name !== undefined, "dataset_name or dataset_id must be provided");
  rules.size("items", given, maxItems);
  const from = copyFromIn(body, rules);
  const items = given.map(item => readItem(item, rules, ask.columns));
  rules.done();
  const group = body.uuid("batch_group_id");
  const target =
    id === undefined ? await targetByName(ask, body, group) : { path: (await needById(ask, id)).path, group };
  const copied = from && (await readCopied(ask, from));
  await writeInGroup(
    ask,
    { ...target, copied },
    version => putEdit(ask, version, items),
    rowsIn(target.path, "put", items.length),
  );
  return empty();
}

/** A dataset that is made where it is not there. */
async function targetByName(ask: Ask, body: Fields, group: string | undefined): Promise<Target> {
  const name = nameIn(body, "dataset_name");
  const found = await findByName(ask, name);
  if (found) return { path: found.path, group };
  const path = pathFor(name);
  await ask.call.permit({ scope: "write", dataset: path });
  const meta = newMeta(ask, { id: ask.ids.fresh(1)[0] });
  return { path, group, create: meta(await projectIn(ask, body)) };
}

async function streamItems(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const name = nameIn(body, "dataset_name");
  const limit = body.integer("steam_limit") ?? maxStreamed;
  new Rules().hold(limit >= 1 && limit <= maxStreamed, `steam_limit must be between 1 and ${maxStreamed}`).done();
  const filters = parseItemFilters(body.text("filters"));
  const dataset = await findByName(ask, name);
  const at = dataset && (await readAt(ask, dataset, body.text("dataset_version")));
  if (!dataset || !at) return stream(lines(none()), streamType);
  const texts = itemLines(ask, at, filters, body.uuid("last_retrieved_id"), limit);
  return stream(lines(texts), streamType, elsewhere(ask, body, dataset));
}

export const streamType = "application/octet-stream";

async function* none(): AsyncGenerator<string> {}

async function listItems(ask: Ask): Promise<Response> {
  const page = ask.page();
  if (page.size > maxPage) throw refusedRequest(`query param size must be less than or equal to ${maxPage}`);
  const filters = parseItemFilters(ask.query("filters"));
  const dataset = await findById(ask, ask.uuid("id"));
  if (!dataset) return json({ content: [], page: page.page, size: 0, total: 0, columns: [], sortable_by: [] });
  const ref = ask.query("version");
  const at = await readAt(ask, dataset, ref);
  if (!at) throw noSuchVersion(ref ?? "");
  const { texts, total } = await itemPage(ask, dataset, at, page, filters, ask.flag("truncate"));
  const columns = await columnsOf(ask, at);
  return pageOfTexts(texts, { columns, ...pageWords(page, texts.length, total) });
}

/** A page whose content is exact JSON text. */
export function pageOfTexts(texts: readonly string[], rest: object): Response {
  return jsonText(`{"content":[${texts.join(",")}],${JSON.stringify(rest).slice(1)}`);
}

async function getItem(ask: Ask): Promise<Response> {
  const id = ask.uuid("itemId");
  const now = await locate(ask, [id]);
  const found = now ? { ...now, commit: await ask.repo.resolve("HEAD") } : await locateFormer(ask, id);
  const own = found?.rows.get(id);
  const row = found && own !== undefined ? await rowIn(found.version, own) : undefined;
  if (!found || !row) throw notFound("Dataset item not found");
  const [text] = await shownRows(ask, found.dataset, found, [row]);
  return jsonText(text);
}

async function deleteItems(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const [ids, id] = [body.uuids("item_ids"), body.uuid("dataset_id")];
  const group = body.uuid("batch_group_id");
  const filters = parseItemFilters(body.list("filters"));
  const rules = new Rules();
  rules.hold((ids === undefined) !== (id === undefined), "either item_ids or dataset_id must be provided");
  if (ids) rules.size("item_ids", ids, maxItems);
  rules.done();
  if (ids) await deleteByIds(ask, ids, group);
  else if (id !== undefined) await deleteWanted(ask, await needById(ask, id), filters, group);
  else throw invalid("either item_ids or dataset_id must be provided");
  return empty();
}

async function deleteByIds(ask: Ask, ids: readonly string[], group: string | undefined): Promise<void> {
  const found = await locate(ask, ids);
  if (!found) return;
  const { path } = found.dataset;
  const edit = async (version: DatasetVersion | undefined) => {
    const rows = version ? await Promise.all(ids.map(async id => (await ask.ids.find(version, id)) ?? id)) : [];
    return removeEdit(version, rows);
  };
  await writeInGroup(ask, { path, group }, edit, rowsIn(path, "delete", found.rows.size));
}

async function deleteWanted(
  ask: Ask,
  dataset: DatasetInfo,
  filters: readonly Filter[],
  group: string | undefined,
): Promise<void> {
  const edit = async (version: DatasetVersion | undefined) =>
    removeEdit(version, version ? await wantedRows(ask, version, filters) : []);
  await writeInGroup(ask, { path: dataset.path, group }, edit, `delete rows by filters in ${dataset.path}`);
}
