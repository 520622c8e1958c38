/** Datasets made: empty, from a file, or as a copy of another one. */
import { isSheafError, parseJson, setKey, type DatasetVersion, type Value, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { HttpError } from "../../problem.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { itemOf } from "../../native/row-reader.js";
import { batchesOf, type NewRow } from "../catalog/batches.js";
import { readForm, type Form } from "../catalog/form.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { freshUuid, uuidForm } from "../catalog/uuid.js";
import { unprocessable } from "./errors.js";
import { readMapping } from "./mapping.js";
import { memoryOf } from "./memory.js";
import { datasetJson, findDataset } from "./shapes.js";
import { formatNames, readUpload, type UploadFormat } from "./upload.js";
import { readNumbered } from "./versions.js";

const maxNameLength = 128;

export const creationRoutes = [
  route(
    {
      method: "POST",
      path: "/datasets",
      operationId: "create_dataset",
      tag: "datasets",
      summary: "Makes a dataset: of a file, as a copy of another one, or empty.",
      scope: "write",
      query: t.Object({
        format: t.Optional(t.Union(formatNames.map(name => t.Literal(name)))),
        hidden: t.Optional(t.Boolean()),
      }),
      body: { bytes: ["multipart/form-data"] },
      answers: { 200: { description: "a DatasetDB" } },
    },
    async (call, _, desk) => {
      const form = await formOf(call);
      const { format = "csv", hidden = false } = call.query;
      const path = await makeDataset(call, desk, form, format, hidden);
      return json(await datasetJson(desk, await desk.repo.dataset(path).info()));
    },
  ),
] as const;

/** All parts are optional, and so is the form as a whole. */
async function formOf(call: Call): Promise<Form> {
  const { headers, body } = call.request;
  if (body === null && !headers.has("content-type")) return { fields: new Map(), files: new Map() };
  return readForm(call);
}

async function makeDataset(
  call: Call,
  desk: Desk,
  form: Form,
  format: UploadFormat,
  isHidden: boolean,
): Promise<string> {
  const given = nameIn(form);
  const source = await contentOf(call, desk, form, format);
  const name = flag(form, "append_suffix_if_duplicate") ? await freeName(desk, given) : given;
  const path = pathFor(name);
  await call.permit({ scope: "write", dataset: path });
  const attributes = attributesOf(form, isHidden);
  // One after another, so that of two that come at once for one name the second finds it taken.
  return desk.turns(`create ${path}`).alone(async () => {
    const { commit: base } = await desk.repo.head();
    const made = desk.repo.dataset(path).importBatches(batchesOf(source.rows), {
      create: attributes,
      columns: source.columns,
      message: `create ${path}`,
      author: call.author,
      signal: call.signal,
      ...(base === undefined ? {} : { base }),
    });
    await made.catch((error: unknown) => {
      throw isSheafError(error, "already-exists") || isSheafError(error, "stale-base") ? takenName(name) : error;
    });
    return path;
  });
}

export function takenName(name: string): HttpError {
  return new HttpError(409, "already-exists", `a dataset named ${JSON.stringify(name)} already exists`);
}

/** The name, or the first of `name (1)`, `name (2)`, … that no dataset has. */
export async function freeName(desk: Desk, name: string): Promise<string> {
  const taken = new Set<string>();
  for await (const dataset of desk.repo.datasets()) taken.add(nameOf(dataset));
  let free = name;
  for (let n = 1; taken.has(free); n++) free = `${name} (${n})`;
  return free;
}

/** Older SDKs give the name as that of the file alone. */
function nameIn({ fields, files }: Form): string {
  const name = fields.get("name") ?? files.get("file")?.name ?? "";
  if (name.length >= 1 && name.length <= maxNameLength) return name;
  throw unprocessable(["body", "name"], `a dataset's name has 1 to ${maxNameLength} characters`);
}

function flag({ fields }: Form, field: string): boolean {
  const text = fields.get(field)?.toLowerCase() ?? "false";
  if (["true", "1"].includes(text)) return true;
  if (["false", "0", ""].includes(text)) return false;
  throw unprocessable(["body", field], "this must be true or false");
}

function idIn({ fields }: Form, field: string): string | undefined {
  const id = fields.get(field)?.toLowerCase();
  if (id === undefined || id === "") return undefined;
  if (uuidForm.test(id)) return id;
  throw unprocessable(["body", field], "this must be a UUID");
}

/** The metadata of the new dataset: what this dialect keeps, where it is not as usual. */
function attributesOf(form: Form, isHidden: boolean): ValueObject {
  const own: ValueObject = {};
  const project = idIn(form, "project_id");
  if (project !== undefined) setKey(own, "projects", [project]);
  if (flag(form, "draft")) setKey(own, "draft", true);
  if (isHidden || flag(form, "hidden")) setKey(own, "hidden", true);
  return Object.keys(own).length === 0 ? {} : { attributes: { galileo: own } };
}

interface Content {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<NewRow>;
}

/** What the dataset begins with. Throws 422 for a file and a copy at once. */
async function contentOf(call: Call, desk: Desk, form: Form, format: UploadFormat): Promise<Content> {
  const file = form.files.get("file");
  const copied = idIn(form, "copy_from_dataset_id");
  if (file && copied !== undefined)
    throw unprocessable(
      ["body", "copy_from_dataset_id"],
      "a dataset is made of a file or of another dataset, not of both",
    );
  if (copied !== undefined) return mapped(form, await copyOf(call, desk, form, copied), true);
  const { columns, rows } = file ? readUpload(format, file.bytes) : { columns: [], rows: nothing() };
  return mapped(form, { columns, rows: items(rows) }, false);
}

async function copyOf(call: Call, desk: Desk, form: Form, id: string): Promise<Content> {
  const source = await findDataset(call, desk, id);
  const given = form.fields.get("copy_from_dataset_version_index");
  const number = given === undefined || given === "" ? undefined : Number(given);
  const { version } = await readNumbered(call, desk.repo, source, number);
  return { columns: await memoryOf(desk).columns.of(version), rows: copiedRows(desk, version) };
}

async function* copiedRows(desk: Desk, version: DatasetVersion): AsyncGenerator<NewRow> {
  const { platform } = desk.repo.local();
  for await (const { blocks } of version.batches())
    for (const block of blocks) yield { item: itemOf(block), id: freshUuid(platform, 4) };
}

async function* items(rows: AsyncIterable<ValueObject>): AsyncGenerator<NewRow> {
  for await (const item of rows) yield { item };
}

async function* nothing(): AsyncGenerator<ValueObject> {
  // An empty dataset.
}

/** The content as the form's mapping makes it. Columns of a file are known only when it is read. */
function mapped(form: Form, content: Content, areColumnsKnown: boolean): Content {
  const text = form.fields.get("column_mapping");
  if (text === undefined || text === "") return content;
  const mapping = readMapping(parseText(text), areColumnsKnown ? content.columns : undefined);
  if (!mapping) return content;
  const { columns, itemOf: look } = mapping;
  return { columns, rows: looked(content.rows, look) };
}

async function* looked(rows: AsyncIterable<NewRow>, look: (item: ValueObject) => ValueObject): AsyncGenerator<NewRow> {
  for await (const row of rows) yield { ...row, item: look(row.item) };
}

function parseText(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (isSheafError(error, "bad-input")) throw unprocessable(["body", "column_mapping"], error.message);
    throw error;
  }
}
