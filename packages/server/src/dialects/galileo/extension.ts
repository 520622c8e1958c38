/**
 * Rows that a language model makes, which the user configured (`catalog/model.ts`): in a new dataset, whose id is what clients ask after.
 *
 * They ask every second until all steps are done, without a bound; so every way in which this can end says that they are.
 */
import { amended, isObject, pointer, type DatasetInfo, type Operation, type Value, type Watch } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { HttpError, judge } from "../../problem.js";
import { itemOf } from "../../native/row-reader.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { askModel, needModel, objectsIn } from "../catalog/model.js";
import { pathFor } from "../catalog/naming.js";
import { freshUuid } from "../catalog/uuid.js";
import { cellIn, cellOf, cellText } from "./cells.js";
import { freeName } from "./creation.js";
import { datasetUuid, uuid } from "./ids.js";
import { memoryOf, type Steps } from "./memory.js";
import { findDataset } from "./shapes.js";
import { readNumbered } from "./versions.js";

const tag = "extension";
const text = maybe(t.String({ maxLength: 20_000 }));
const dataTypes = [
  "General Query",
  "Prompt Injection",
  "Off-Topic Query",
  "Toxic Content in Query",
  "Multiple Questions in Query",
  "Sexist Content in Query",
].map(name => t.Literal(name));

const wish = t.Object({
  prompt: text,
  instructions: text,
  examples: maybe(t.Array(t.String(), { maxItems: 100 })),
  source_dataset: maybe(
    t.Object({ dataset_id: uuid, dataset_version_index: maybe(t.Integer()), row_ids: maybe(t.Array(uuid)) }),
  ),
  data_types: maybe(t.Array(t.Union(dataTypes))),
  count: t.Optional(t.Integer({ minimum: 1, maximum: 200 })),
  project_id: maybe(uuid),
});
type Wish = Static<typeof wish>;

const rowsAtOnce = 20;
const maxExamples = 20;
/** Times that the model may say nothing of use. */
const maxMisses = 3;
const maxRemembered = 1000;

export const extensionRoutes = [
  route(
    {
      method: "POST",
      path: "/datasets/extend",
      operationId: "extend_dataset_content",
      tag,
      summary: "Makes a dataset of rows that a language model makes, which the user configured.",
      scope: "write",
      body: { json: wish },
      answers: { 200: { description: "the id of the new dataset" } },
    },
    async (call, _, desk) => {
      const asked = await call.json();
      await needModel(desk);
      const examples = await examplesOf(call, desk, asked);
      const dataset = await makeDataset(call, desk, asked);
      const id = datasetUuid(dataset);
      begin(call, desk, dataset, id, { ...asked, examples });
      return json({ dataset_id: id });
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/extend/{dataset_id}",
      operationId: "get_dataset_synthetic_extend_status",
      tag,
      summary: "Says how far the rows are.",
      scope: "read",
      params: t.Object({ dataset_id: uuid }),
      answers: { 200: { description: "a JobProgress" } },
    },
    async (call, _, desk) => {
      const { dataset_id: id } = call.params;
      await findDataset(call, desk, id);
      return json(memoryOf(desk).extensions.get(id.toLowerCase()) ?? done(1));
    },
  ),
] as const;

function done(total: number, message = "done"): Steps {
  return { progress_message: message, steps_completed: total, steps_total: total };
}

/** An empty dataset, which its rows make version 1. */
async function makeDataset(call: Call, desk: Desk, { project_id: project }: Wish): Promise<DatasetInfo> {
  const path = pathFor(await freeName(desk, "Synthetic data"));
  await call.permit({ scope: "write", dataset: path });
  const galileo = { projects: [(project ?? "").toLowerCase()].filter(id => id !== "") };
  const create = { meta: { columns: ["input"], attributes: { galileo } } };
  const request = { changes: [{ dataset: path, create }], message: `create ${path}`, author: call.author };
  await desk.edits.edit({ ...request, attributes: amended }, undefined, call.signal);
  return desk.repo.dataset(path).info();
}

function begin(call: Call, desk: Desk, dataset: DatasetInfo, id: string, asked: Wish): void {
  const { extensions } = memoryOf(desk);
  const total = asked.count ?? 10;
  if (extensions.size >= maxRemembered) extensions.clear();
  extensions.set(id, { progress_message: "asking the model", steps_completed: 0, steps_total: total });
  const { author } = call;
  desk.jobs.start("extend", call.caller.id, async watch => {
    try {
      const rows = await makeRows(desk, asked, watch, made => {
        extensions.set(id, {
          progress_message: `${made} rows`,
          steps_completed: Math.min(made, total - 1),
          steps_total: total,
        });
      });
      const patch = rows.map((input): Operation => {
        return {
          op: "add",
          path: pointer("items", freshUuid(desk.repo.local().platform, 4)),
          value: { input: cellOf(input) },
        };
      });
      const request = {
        changes: [{ dataset: dataset.path, patch }],
        message: `extend ${dataset.path} by a language model`,
        author,
      };
      await desk.edits.edit(request, undefined, watch.signal ?? new AbortController().signal);
      extensions.set(id, done(total));
      return { result: { dataset_id: id } };
    } catch (error) {
      extensions.set(id, done(total, `unexpected error: ${judge(error).detail}`));
      throw error;
    }
  });
}

/** Asks until there are as many as are wanted. Throws what the model's endpoint says, and when it says nothing of use. */
async function makeRows(desk: Desk, asked: Wish, watch: Watch, tell: (made: number) => void): Promise<Value[]> {
  const count = asked.count ?? 10;
  const signal = watch.signal ?? new AbortController().signal;
  const rows: Value[] = [];
  for (let misses = 0; rows.length < count;) {
    const prompt = promptFor(asked, Math.min(rowsAtOnce, count - rows.length), rows.length);
    const found = objectsIn(await askModel(desk, { prompt, signal })).flatMap(object => {
      return isObject(object) && Object.hasOwn(object, "input") ? [object["input"]] : [];
    });
    if (found.length === 0 && ++misses === maxMisses)
      throw new HttpError(502, "model-failed", "the model made no rows");
    rows.push(...found.slice(0, count - rows.length));
    tell(rows.length);
  }
  return rows;
}

function promptFor(asked: Wish, count: number, made: number): string {
  const kinds = asked.data_types ?? [];
  const parts = [
    "Make new, varied and realistic inputs of users, to test a program that is built on a language model.",
    asked.prompt ? `What the program does: ${asked.prompt}` : "",
    asked.instructions ? `Instructions: ${asked.instructions}` : "",
    kinds.length > 0 ? `Kinds of inputs, in equal shares: ${kinds.join("; ")}` : "",
    asked.examples?.length ? `Examples: ${JSON.stringify(asked.examples)}` : "",
    made > 0 ? `${made} were made before; make others.` : "",
    `Answer with a JSON array of exactly ${count} objects of the form {"input": "…"} and nothing else.`,
  ];
  return parts.filter(part => part !== "").join("\n\n");
}

/** The examples that were given, and the inputs of the source's rows. */
async function examplesOf(call: Call, desk: Desk, asked: Wish): Promise<string[]> {
  const examples = [...(asked.examples ?? [])];
  const { source_dataset: source } = asked;
  if (!source) return examples;
  const dataset = await findDataset(call, desk, source.dataset_id);
  const { version } = await readNumbered(call, desk.repo, dataset, source.dataset_version_index ?? undefined);
  const wanted = source.row_ids && new Set(source.row_ids.map(id => id.toLowerCase()));
  for await (const { ids, blocks } of version.batches({ signal: call.signal })) {
    if (examples.length >= maxExamples) break;
    for (let i = 0; i < ids.length && examples.length < maxExamples; i++) {
      if (wanted && !wanted.has(memoryOf(desk).rowIds.shown(dataset.id, ids[i]))) continue;
      const item = itemOf(blocks[i]);
      examples.push(cellText(cellIn(item, "input")));
    }
  }
  return examples;
}
