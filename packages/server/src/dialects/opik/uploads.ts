/** Items from files: CSV, JSON and JSON lines, taken in after the request is answered; the dataset says how far that is. */
import { badInput, decode, type DatasetInfo, type Value, type ValueObject, type Watch } from "@sheaf/core";
import { parse, type RowBatch } from "@sheaf/formats";
import { empty } from "../../answer.js";
import type { Route } from "../../route.js";
import { once, readForm, type FormFile } from "../catalog/form.js";
import { uuidForm } from "../catalog/uuid.js";
import { rowsIn } from "../catalog/words.js";
import { needById } from "./dataset.js";
import { makeVersion, putEdit, versionAttributes } from "./edits.js";
import { badRequest } from "./errors.js";
import { Fields, Rules } from "./fields.js";
import { readWords, type ItemWrite } from "./item.js";
import { operation, type Ask } from "./operation.js";
import { stateOf } from "./state.js";

const I = "/v1/private/datasets/items";
const rowsAtOnce = 1000;
const form = ["multipart/form-data"];

export const uploadRoutes: readonly Route[] = [
  operation(
    {
      id: "createDatasetItemsFromCsv",
      method: "POST",
      path: `${I}/from-csv`,
      scope: "write",
      says: "Adds the rows of a CSV file.",
      bytes: form,
    },
    ask => upload(ask, () => "csv"),
  ),
  operation(
    {
      id: "createDatasetItemsFromJson",
      method: "POST",
      path: `${I}/from-json`,
      scope: "write",
      says: "Adds the items of a JSON file.",
      bytes: form,
    },
    ask => upload(ask, fields => jsonFormat(fields.get("format"))),
  ),
];

type Format = "csv" | "json" | "jsonl";

function jsonFormat(format: string | undefined): Format {
  if (format === "jsonl" || format === "json") return format;
  throw badRequest("format is to be json or jsonl");
}

async function upload(ask: Ask, formatIn: (fields: ReadonlyMap<string, string>) => Format): Promise<Response> {
  const { fields, files } = await readForm(ask.call);
  const [file, id] = [files.get("file"), fields.get("dataset_id")?.toLowerCase() ?? ""];
  if (!file) throw badRequest("the form has no file");
  if (!uuidForm.test(id)) throw badRequest("dataset_id is to be a UUID");
  const format = formatIn(fields);
  const dataset = await needById(ask, id);
  await ask.call.permit({ scope: "write", dataset: dataset.path });
  if (format === "csv") checkHeader(file);
  const { uploads } = stateOf(ask.desk);
  ask.desk.jobs.start("upload", ask.call.caller.id, async watch => {
    try {
      const count = await takeIn(ask.inJob(watch.signal ?? ask.call.signal), dataset, format, file, watch);
      if (count === 0) throw badInput("the file holds no items");
      uploads.keep(dataset.id, "completed");
      return { result: { items: count } };
    } catch (error) {
      uploads.keep(dataset.id, "failed");
      throw error;
    }
  });
  uploads.keep(dataset.id, "processing");
  return empty(202);
}

/** Refuses at once a file without a header, and one with a column without a name. */
function checkHeader({ bytes }: FormFile): void {
  const end = bytes.indexOf(0x0a);
  const line = new TextDecoder().decode(bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 2 ** 20)));
  if (line.trim() === "") throw badRequest("the CSV file has no header");
  if (!line.includes('"') && line.split(",").some(name => name.trim() === ""))
    throw badRequest("the CSV header has a column without a name");
}

async function takeIn(ask: Ask, { path }: DatasetInfo, format: Format, file: FormFile, watch: Watch): Promise<number> {
  let waiting: ItemWrite[] = [];
  let count = 0;
  const write = async () => {
    const items = waiting;
    waiting = [];
    await makeVersion(ask, path, async ({ version }) => {
      const { patch, rows } = await putEdit(ask, version, items);
      const message = `${rowsIn(path, "add", items.length)}, from ${file.name}`;
      return { changes: [{ dataset: path, patch }], message, attributes: versionAttributes({}), rows };
    });
  };
  for await (const item of itemsIn(format, file, watch)) {
    waiting.push(item);
    count++;
    if (waiting.length >= rowsAtOnce) await write();
  }
  if (waiting.length > 0) await write();
  return count;
}

async function* itemsIn(format: Format, { bytes }: FormFile, { signal }: Watch): AsyncGenerator<ItemWrite> {
  const rows = parse(format, once(bytes), signal ? { signal } : {});
  for await (const batch of rows)
    for (let i = 0; i < batch.count; i++) {
      const row = rowOf(batch, i);
      yield format === "csv" ? { data: trimmed(row), words: { source: "manual" } } : itemOf(row);
    }
}

function rowOf({ items }: RowBatch, i: number): ValueObject {
  return decode(items.bytes.slice(items.starts[i], items.ends[i])) as ValueObject;
}

function trimmed(row: ValueObject): ValueObject {
  const members = Object.entries(row).map(([name, cell]): [string, Value] => [
    name.trim(),
    typeof cell === "string" ? cell.trim() : cell,
  ]);
  return Object.fromEntries(members);
}

/** Names in a file of JSON that are of the item; all others are its data. */
const itemNames = ["id", "source", "description", "tags", "evaluators", "execution_policy", "executionPolicy"];

function itemOf(row: ValueObject): ItemWrite {
  const of = Fields.of(Object.fromEntries(Object.entries(row).filter(([name]) => itemNames.includes(name))));
  const data = Object.fromEntries(Object.entries(row).filter(([name]) => !itemNames.includes(name)));
  const rules = new Rules();
  const id = of.uuid("id");
  rules.hold(Object.keys(data).length > 0, "data must not be empty");
  const words = { source: "manual", ...readWords(of, rules) };
  rules.done();
  return { ...(id === undefined ? {} : { id }), data, words };
}
