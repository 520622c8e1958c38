/**
 * Examples: a row is a flat record of its columns, beside which stand the system's: `id`, `created_at`, `updated_at`, `annotations`.
 */
import {
  decodeItem,
  fromBlockForm,
  isObject,
  printJson,
  type Platform,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { shownAnnotations } from "./annotations.js";
import { Columns } from "../catalog/system-columns.js";
import { checkCount, invalid, unreadable } from "./errors.js";

const columns = new Columns(["id", "created_at", "updated_at", "annotations"]);

/** The items of new examples, in the user's form. Throws 400, or 422 for what breaks a rule. */
export function readExamples(given: readonly unknown[]): ValueObject[] {
  return listed(given).map((example, i) => {
    if (Object.keys(example).length === 0) throw invalid(`examples[${i}] has no column`);
    return columnsIn(example, i);
  });
}

/** What is to be changed of an example. */
export interface ExampleChange {
  readonly id: string;
  /** Columns that are set, in the user's form. */
  readonly columns: ValueObject;
}

/** Throws as {@link readExamples}. */
export function readChanges(given: readonly unknown[]): ExampleChange[] {
  return listed(given).map((example, i) => {
    const { id, ...columns } = example;
    if (typeof id !== "string") throw unreadable(`examples[${i}] has no id that is a text`);
    if (id === "") throw invalid(`examples[${i}] has an empty id`);
    return { id, columns: columnsIn(columns, i) };
  });
}

/** The columns of the i-th example, in the user's form. */
function columnsIn(example: ValueObject, i: number): ValueObject {
  const reserved = columns.systems.find(key => Object.hasOwn(example, key));
  if (reserved !== undefined) throw invalid(`examples[${i}] has the key ${reserved}, which is the system's`);
  return columns.own(example);
}

function listed(given: readonly unknown[]): ValueObject[] {
  checkCount("examples", given.length);
  return (given as readonly Value[]).map((example, i) => {
    if (!isObject(example)) throw unreadable(`examples[${i}] is not an object`);
    return example;
  });
}

/** When a row was made and last changed, in seconds since 1970. */
export interface Origin {
  readonly createdTime: number;
  readonly changedTime: number;
}

/** A row as Arize writes it, as exact JSON text. `annotated` is the block whose annotations count. */
export function exampleText(
  platform: Platform,
  id: string,
  block: Uint8Array,
  annotated: Uint8Array,
  origin: Origin | undefined,
): string {
  const { item } = fromBlockForm(decodeItem(block));
  const annotations = shownAnnotations(platform, annotated);
  const system = {
    id,
    created_at: isoTime(origin?.createdTime ?? 0),
    updated_at: isoTime(origin?.changedTime ?? 0),
    ...(annotations.length === 0 ? {} : { annotations }),
  };
  return flatText(system, columns.shown(item));
}

/** What is the system's and what is the user's as one object, as exact JSON text. */
export function flatText(system: ValueObject, item: ValueObject): string {
  const text = printJson(item).slice(1, -1);
  return `${printJson(system).slice(0, -1)}${text === "" ? "" : ","}${text}}`;
}
