/** Annotation configs, kept as records: what annotations of a name shall look like. Annotations do not heed them; who has none annotates with any name. */
import { Float, isObject, parseJson, printItem, type DatasetVersion, type Value, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { recordPath, recordsNow } from "../catalog/records.js";
import { isNumber } from "./annotations.js";
import { invalid, missing, unreadable } from "./errors.js";
import { decoded, recordIdForm } from "./ids.js";
import { spacesOf, type Space } from "./space.js";

export const configKind = "arize-annotation-configs";

/** What is kept: the fields of its type as the client gave them. */
export interface KeptConfig {
  /** Of the record: 32 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly item: ValueObject;
}

/** What a config is called. */
export function configId(id: string): string {
  return btoa(`AnnotationConfig:1:${id}`);
}

/** The id of the record of a config that is called so. */
export function parseConfigId(given: string): string | undefined {
  const id = /^AnnotationConfig:1:([0-9a-f]{32})$/.exec(decoded(given))?.[1];
  return id !== undefined && configId(id) === given ? id : undefined;
}

/** Every config in one of the spaces that are there, the newest first, with its space. */
export async function allConfigs(call: Call, desk: Desk): Promise<(KeptConfig & { readonly space: Space })[]> {
  await call.permit({ scope: "read", dataset: recordPath(configKind) });
  const spaces = await spacesOf(desk);
  const configs = (await configsIn(await recordsNow(desk, configKind))).toReversed();
  return configs.flatMap(config => {
    const space = spaces.find(({ id }) => id === config.item["space_id"]);
    return space ? [{ ...config, space }] : [];
  });
}

/** The configs that records hold, in the order in which they came. */
export async function configsIn(version: DatasetVersion | undefined): Promise<KeptConfig[]> {
  const all: KeptConfig[] = [];
  if (version)
    for await (const { ids, blocks } of version.batches())
      blocks.forEach((block, i) => {
        const item = parseJson(printItem(block)) as ValueObject;
        const { name, created_at: created } = item;
        if (recordIdForm.test(ids[i]) && typeof name === "string" && typeof created === "string")
          all.push({ id: ids[i], name, item });
      });
  return all;
}

/** Throws 404. */
export function needConfig<T extends KeptConfig>(configs: readonly T[], given: string): T {
  const id = parseConfigId(given);
  const found = configs.find(config => config.id === id);
  if (!found) throw missing(`there is no annotation config with the id ${JSON.stringify(given)}`);
  return found;
}

/** A config as Arize writes it. */
export function shownConfig({ id, item }: Pick<KeptConfig, "id" | "item">): ValueObject {
  return { id: configId(id), ...item };
}

/** Whatever a request says of a config, exact. */
export type GivenConfig = Readonly<Record<string, unknown>>;

/** The fields that a config of a type has, as a request gives them: all that it must have, unless `isPartial`. Throws 400, or 422 for what breaks a rule. */
export function readFields(type: Value, given: GivenConfig, isPartial: boolean): ValueObject {
  const fields: ValueObject = {};
  const put = (key: string, value: Value | undefined) => {
    if (value !== undefined) fields[key] = value;
  };
  if (type === "CONTINUOUS") {
    put("minimum_score", scoreIn(given, "minimum_score", isPartial));
    put("maximum_score", scoreIn(given, "maximum_score", isPartial));
  } else if (type === "CATEGORICAL") put("values", labelsIn(given, isPartial));
  else if (type !== "FREEFORM") throw unreadable("annotation_config_type must be CONTINUOUS, CATEGORICAL or FREEFORM");
  if (type !== "FREEFORM") put("optimization_direction", directionIn(given));
  return fields;
}

/** Throws 422 for a range that is none. */
export function checkRange({ minimum_score: least, maximum_score: most }: ValueObject): void {
  if (least !== undefined && most !== undefined && !(numberOf(least) <= numberOf(most)))
    throw invalid("minimum_score must not be greater than maximum_score");
}

function valueOf(given: GivenConfig, key: string): Value {
  return Object.hasOwn(given, key) ? ((given[key] ?? null) as Value) : null;
}

function scoreIn(given: GivenConfig, key: string, isPartial: boolean): Value | undefined {
  const score = valueOf(given, key);
  if (score === null && isPartial) return undefined;
  if (!isNumber(score)) throw unreadable(`${key} is not a number`);
  return score;
}

const directions: readonly unknown[] = ["MAXIMIZE", "MINIMIZE", "NONE"];

function directionIn(given: GivenConfig): Value | undefined {
  const direction = valueOf(given, "optimization_direction");
  if (direction === null) return undefined;
  if (!directions.includes(direction)) throw unreadable(`optimization_direction must be MAXIMIZE, MINIMIZE or NONE`);
  return direction;
}

const maxLabels = 100;

function labelsIn(given: GivenConfig, isPartial: boolean): Value | undefined {
  const values = valueOf(given, "values");
  if (values === null && isPartial) return undefined;
  if (!Array.isArray(values)) throw unreadable("values is not a list");
  if (values.length < 1 || values.length > maxLabels) throw invalid(`values must have 1 to ${maxLabels} elements`);
  const labels = values.map((value, i) => {
    if (!isObject(value)) throw unreadable(`values[${i}] is not an object`);
    const { label, score = null } = value;
    if (typeof label !== "string") throw unreadable(`values[${i}] has no label that is a text`);
    if (score !== null && !isNumber(score)) throw unreadable(`values[${i}].score is not a number`);
    return score === null ? { label } : { label, score };
  });
  if (new Set(labels.map(({ label }) => label)).size < labels.length) throw invalid("values has a label twice");
  return labels;
}

function numberOf(value: Value): number {
  return Number(value instanceof Float ? value.value : value);
}
