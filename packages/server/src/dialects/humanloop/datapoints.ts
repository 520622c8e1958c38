/** The datapoints of a dataset: listed, and added from a CSV file. */
import { decodeItem, fromBlockForm, isSheafError, parseJson, type ValueObject, type Value } from "@sheaf/core";
import { parse } from "@sheaf/formats";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { once, readForm } from "../catalog/form.js";
import { readDatapoint, type Datapoint } from "./datapoint.js";
import { datasetOf, inDataset, lineOf, namesIn, wantedOf } from "./datasets.js";
import { givenOf, type Given } from "./edits.js";
import { invalid, placed } from "./errors.js";
import { anyAnswer, datapointTexts, pageQuery, recordAnswer, versionQuery, withList } from "./shapes.js";
import { chosen, upsert } from "./upsert.js";

const tag = "datapoints";

export const datapointRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets/{id}/datapoints",
      operationId: "list_datapoints_datasets__id__datapoints_get",
      tag,
      summary: "Lists the datapoints of a version, in order.",
      scope: "read",
      params: inDataset,
      query: t.Object({ ...pageQuery(50), ...versionQuery }),
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const { page = 1, size = 50 } = call.query;
      const saved = await chosen(repo, await lineOf(call, desk), wantedOf(call.query));
      const record = { page, size, total: saved.content.count };
      return withList(record, "records", datapointTexts(repo, saved, (page - 1) * size, size));
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{id}/datapoints/csv",
      operationId: "upload_csv_datasets__id__datapoints_csv_post",
      tag,
      summary: "Adds the rows of a CSV file.",
      scope: "write",
      params: inDataset,
      query: t.Object(versionQuery),
      body: { bytes: ["multipart/form-data"] },
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const { path } = await datasetOf(call, desk);
      const { given, fields } = await readUpload(call, desk);
      const wish = { action: "add", given, ...namesIn(fields), ...wantedOf(call.query), isOnDefault: true } as const;
      const { line, saved } = await upsert(call, desk, path, wish);
      return recordAnswer(repo, line, saved);
    },
  ),
] as const;

async function readUpload(call: Call, desk: Desk): Promise<{ given: Given; fields: Record<string, string> }> {
  const { files, fields } = await placed(["body"], () => readForm(call));
  const bytes = files.get("file")?.bytes ?? textBytes(fields.get("file"));
  if (!bytes) throw invalid(["body", "file"], "field required", "value_error.missing");
  const given = await placed(["body", "file"], () => givenOf(desk.repo.context.platform, rowsOf(bytes)));
  return { given, fields: Object.fromEntries(fields) };
}

/** A file that was sent without a name comes as a field. */
function textBytes(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

async function* rowsOf(bytes: Uint8Array): AsyncGenerator<Datapoint> {
  let number = 0;
  for await (const { count, items } of parse("csv", once(bytes)))
    for (let i = 0; i < count; i++) {
      const block = items.bytes.subarray(items.starts[i], items.ends[i]);
      yield datapointOf(fromBlockForm(decodeItem(block)).item as Record<string, string>, ++number);
    }
}

/** A row whose cells are texts. */
function datapointOf({ target = "", messages = "", ...inputs }: Record<string, string>, row: number): Datapoint {
  const loc = ["body", "file", row];
  const talk = messages.trim() === "" ? null : parsed(messages);
  if (talk === undefined) throw invalid(loc, `row ${row}: messages is not a JSON array of messages`);
  const wish: unknown = target.trim() === "" ? null : parsed(target);
  const isRecord = typeof wish === "object" && wish !== null && !Array.isArray(wish) && target.trim().startsWith("{");
  const goal = wish === null || isRecord ? (wish as ValueObject | null) : { target };
  return readDatapoint({ inputs, messages: talk, target: goal }, loc);
}

/** The value of a JSON text; `undefined` for what is none. */
function parsed(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (isSheafError(error, "bad-input")) return undefined;
    throw error;
  }
}
