/** New items that a language model makes after those of a dataset. Nothing is stored: who asked adds those that they like. */
import { Float, isObject, printJson, setKey, type Value, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import { itemOf } from "../../native/row-reader.js";
import type { Route } from "../../route.js";
import { askModel, objectsIn } from "../catalog/model.js";
import { findById } from "./dataset.js";
import { badRequest } from "./errors.js";
import { isBlank, Rules } from "./fields.js";
import { opikOf } from "./ids.js";
import { readAt, rowsBackwards } from "./item-reader.js";
import { operation, type Ask } from "./operation.js";

const maxSamples = 200;
const samplesAtOnce = 20;
const looked = 10;
const examples = 3;

interface Wish {
  readonly model: string;
  readonly count: number;
  readonly preserved: readonly string[];
  readonly variation: string | undefined;
  readonly prompt: string | undefined;
  readonly maxTokens: number | undefined;
}

export const expansionRoutes: readonly Route[] = [
  operation(
    {
      id: "expandDataset",
      method: "POST",
      path: "/v1/private/datasets/{id}/expansions",
      scope: "read",
      says: "Makes samples like a dataset's items, by a language model that the user configured.",
    },
    expand,
  ),
];

async function expand(ask: Ask): Promise<Response> {
  const wish = await readWish(ask);
  const dataset = await findById(ask, ask.uuid("id"));
  const at = dataset && (await readAt(ask, dataset, undefined));
  const items: ValueObject[] = [];
  if (at)
    for await (const { block } of rowsBackwards(at, { signal: ask.call.signal, limit: looked }))
      items.push(itemOf(block));
  if (!dataset || items.length === 0) throw badRequest("The dataset is empty: there is nothing to make samples after");
  const begun = ask.platform.now();
  const made: ValueObject[] = [];
  while (made.length < wish.count) {
    const count = Math.min(samplesAtOnce, wish.count - made.length);
    const { signal } = ask.call;
    const { model, maxTokens } = wish;
    const said = await askModel(ask.desk, { model, maxTokens, signal, prompt: promptFor(wish, items, count) });
    const samples = objectsIn(said).filter(isObject);
    if (samples.length === 0) throw badRequest("The language model did not answer with samples");
    made.push(...samples.slice(0, count));
  }
  const isSuite = opikOf(dataset).type === "evaluation_suite";
  const ids = ask.ids.fresh(made.length);
  const generated = made.map((data, i): Value => {
    const marked = isSuite ? data : { ...data, _generated: true, _generation_model: wish.model };
    return {
      id: ids[i],
      dataset_item_id: ids[i],
      source: "manual",
      dataset_id: ask.ids.ofDataset(dataset),
      data: marked,
    };
  });
  const seconds = (ask.platform.now() - begun) / 1000;
  return json({
    generated_samples: generated,
    model: wish.model,
    total_generated: generated.length,
    generation_time: Number.isInteger(seconds) ? new Float(seconds) : seconds,
  });
}

async function readWish(ask: Ask): Promise<Wish> {
  const body = await ask.body();
  const [model, count] = [body.text("model") ?? "", body.integer("sample_count") ?? 0];
  const maxTokens = body.integer("max_completion_tokens");
  new Rules()
    .hold(!isBlank(model), "model must not be blank")
    .hold(count >= 1 && count <= maxSamples, `sample_count must be between 1 and ${maxSamples}`)
    .hold(maxTokens === undefined || maxTokens >= 100, "max_completion_tokens must be greater than or equal to 100")
    .done();
  return {
    model,
    count,
    maxTokens,
    preserved: body.texts("preserve_fields") ?? [],
    variation: body.text("variation_instructions"),
    prompt: body.text("custom_prompt"),
  };
}

function promptFor({ preserved, variation, prompt }: Wish, items: readonly ValueObject[], count: number): string {
  const fields: ValueObject = {};
  for (const item of items) for (const name of Object.keys(item)) setKey(fields, name, true);
  return [
    prompt ?? "Make new, varied and realistic samples for a dataset that tests programs with language models.",
    `Examples from the dataset: ${printJson(items.slice(0, examples))}`,
    `Fields that samples have: ${Object.keys(fields).join(", ")}.`,
    preserved.length > 0 ? `Keep the values of these fields as the examples have them: ${preserved.join(", ")}.` : "",
    variation === undefined ? "" : `How they should vary: ${variation}`,
    `Answer with a JSON array of exactly ${count} objects and nothing else.`,
  ]
    .filter(part => part !== "")
    .join("\n\n");
}
