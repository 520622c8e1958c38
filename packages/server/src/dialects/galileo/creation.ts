/** Datasets made: empty, from a file, or as a copy of another one. */
import {
  decode,
  fromBlockForm,
  isSheafError,
  parseJson,
  setKey,
  type DatasetVersion,
  type RowBatch,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { HttpError } from "../../problem.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { batchesOf, copiesOf, type NewRow } from "../catalog/batches.js";
import { readForm, type Form } from "../catalog/form.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { freshUuid, uuidForm } from "../catalog/uuid.js";
import { unprocessable } from "./errors.js";
import { readMapping, type Mapping } from "./mapping.js";
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
    const made = desk.repo.dataset(path).importBatches(source.batches, {
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
  readonly batches: AsyncIterable<RowBatch>;
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
  if (copied !== undefined) return copyOf(call, desk, form, copied);
  const { columns, rows } = file ? readUpload(format, file.bytes) : { columns: [], rows: nothing() };
  // Columns of a file are known only when it is read.
  const mapping = mappingIn(form, undefined);
  if (!mapping) return { columns, batches: batchesOf(items(rows)) };
  return { columns: mapping.columns, batches: batchesOf(items(rows, mapping.itemOf)) };
}

async function copyOf(call: Call, desk: Desk, form: Form, id: string): Promise<Content> {
  const source = await findDataset(call, desk, id);
  const given = form.fields.get("copy_from_dataset_version_index");
  const number = given === undefined || given === "" ? undefined : Number(given);
  const { version } = await readNumbered(call, desk.repo, source, number);
  const columns = await memoryOf(desk).columns.of(version);
  const freshId = () => freshUuid(desk.repo.local().platform, 4);
  const mapping = mappingIn(form, columns);
  if (!mapping) return { columns, batches: copiesOf(version, freshId) };
  return { columns: mapping.columns, batches: batchesOf(copied(version, freshId, mapping.itemOf)) };
}

type Look = (item: ValueObject) => ValueObject;

async function* copied(version: DatasetVersion, freshId: () => string, look: Look): AsyncGenerator<NewRow> {
  for await (const { blocks } of version.batches())
    for (const block of blocks) {
      const { item, meta } = fromBlockForm(decode(block) as ValueObject);
      yield { item: look(item), meta, id: freshId() };
    }
}

async function* items(rows: AsyncIterable<ValueObject>, look: Look = item => item): AsyncGenerator<NewRow> {
  for await (const item of rows) yield { item: look(item) };
}

async function* nothing(): AsyncGenerator<ValueObject> {
  // An empty dataset.
}

/** The mapping that the form asks for, of these columns where they are known. */
function mappingIn({ fields }: Form, columns: readonly string[] | undefined): Mapping | undefined {
  const text = fields.get("column_mapping");
  return text === undefined || text === "" ? undefined : readMapping(parseText(text), columns);
}

function parseText(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (isSheafError(error, "bad-input")) throw unprocessable(["body", "column_mapping"], error.message);
    throw error;
  }
}
