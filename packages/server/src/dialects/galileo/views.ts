/** Other looks at a dataset's content: as a file, with other columns, the variables of its inputs. */
import type { Asked } from "../../asked.js";
import { isObject, isSheafError, parseJson, printJson, type Value } from "@sheaf/core";
import { json, lines, list, stream } from "../../answer.js";
import { attachment } from "../../native/file-media.js";
import { itemOf } from "../../native/row-reader.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { nameOf } from "../catalog/naming.js";
import { cellText } from "./cells.js";
import { newest } from "./content.js";
import { csvTexts, jsonTexts } from "./download.js";
import { readMapping } from "./mapping.js";
import { memoryOf } from "./memory.js";
import { pageOf, pageQuery } from "./paging.js";
import { etagOf, inDataset } from "./shapes.js";
import { contentAnswer } from "./sheet.js";

const tag = "views";
/** Rows whose inputs are looked at for variables. */
const sampledRows = 100;

export const viewRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/download",
      operationId: "download_dataset",
      tag,
      summary: "Gives all rows as a CSV file, or as a JSON list to who accepts that alone.",
      scope: "read",
      params: inDataset,
      answers: { 200: { description: "the file", bytes: ["text/csv", "application/json"] } },
    },
    async (call, repo, desk) => {
      const { dataset, version } = await newest(call, desk);
      const columns = await memoryOf(desk).columns.of(version);
      const isJson = wantsJson(call.request);
      const headers = {
        etag: etagOf(repo.local().platform, version),
        ...attachment(`${nameOf(dataset)}.${isJson ? "json" : "csv"}`),
      };
      if (isJson) return list(jsonTexts(version, columns, call.signal), "application/json", headers);
      return stream(lines(csvTexts(version, columns, call.signal)), "text/csv; charset=utf-8", headers);
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/preview",
      operationId: "preview_dataset",
      tag,
      summary: "Gives a page of the rows as a column mapping would make them; nothing is stored.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      body: { json: t.Object({ column_mapping: t.Optional(t.Unknown()) }), optional: true },
      answers: { 200: { description: "a DatasetContent" } },
    },
    async (call, _, desk) => {
      const { column_mapping: given } = (await call.json()) ?? {};
      const { dataset, version, at } = await newest(call, desk);
      const mapping = readMapping(given as Value | undefined, await memoryOf(desk).columns.of(version));
      return contentAnswer(desk, dataset, { version, at }, { ...pageOf(call.query), signal: call.signal }, mapping);
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/variable_preview",
      operationId: "get_dataset_variable_preview",
      tag,
      summary: "Gives the keys of inputs that are JSON objects, with their values, of the first rows.",
      scope: "read",
      params: inDataset,
      answers: { 200: { description: "a list of DatasetInputJsonField" } },
    },
    async (call, _, desk) => {
      const { version } = await newest(call, desk);
      const values = new Map<string, Value[]>();
      for await (const { blocks } of version.batches({ limit: sampledRows, signal: call.signal }))
        for (const block of blocks) {
          const item = itemOf(block);
          const input = Object.hasOwn(item, "input") ? objectIn(item["input"]) : undefined;
          for (const [key, value] of Object.entries(input ?? {})) values.set(key, [...(values.get(key) ?? []), value]);
        }
      return json([...values].map(([key, all]) => ({ key, values: distinct(all) })));
    },
  ),
] as const;

/** The generated client of the vendor takes JSON only, and says so. */
function wantsJson({ headers }: Asked): boolean {
  const accept = headers.get("accept") ?? "";
  return accept.includes("application/json") && !accept.includes("*/*");
}

function objectIn(cell: Value): Record<string, Value> | undefined {
  if (isObject(cell)) return cell;
  const text = cellText(cell).trim();
  if (!text.startsWith("{")) return undefined;
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (isSheafError(error, "bad-input")) return undefined;
    throw error;
  }
}

function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map(value => [printJson(value), value])).values()];
}
