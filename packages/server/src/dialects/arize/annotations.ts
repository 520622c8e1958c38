/**
 * Annotations of rows: among a row's attributes (`annotations`), by their names, so that two that annotate under different names do not meet.
 *
 * Read are also those that stand there as a list, as Arize writes them.
 */
import {
  Float,
  fieldOf,
  fromBlockForm,
  isObject,
  sameValue,
  setKey,
  toBlockForm,
  type Platform,
  type Repository,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import { isoTime } from "../catalog/time.js";
import { checkCount, invalid, unreadable } from "./errors.js";
import { userId } from "./ids.js";

/** What is said of a row under one name; what is absent stays as it was. */
export interface AnnotationInput {
  readonly name: string;
  readonly values: ValueObject;
}

/** By the ids of examples. */
export type AnnotationInputs = ReadonlyMap<string, readonly AnnotationInput[]>;

/** Who says it, and when. */
export interface Annotator {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who calls, now. */
export async function annotatorOf(call: Call, { context }: Repository): Promise<Annotator> {
  const { name, email } = { ...(await context.author()), ...call.author };
  return { name, email, now: context.platform.now() };
}

const kinds = { score: "a number", label: "a text", text: "a text" } as const;

/** Throws 400, or 422 for what breaks a rule. */
export function readAnnotations(given: readonly Value[]): AnnotationInputs {
  checkCount("annotations", given.length);
  const all = new Map<string, AnnotationInput[]>();
  given.forEach((record, i) => {
    const at = `annotations[${i}]`;
    if (!isObject(record)) throw unreadable(`${at} is not an object`);
    const { record_id: id, values } = record;
    if (typeof id !== "string") throw unreadable(`${at} has no record_id that is a text`);
    if (!Array.isArray(values)) throw unreadable(`${at} has no list of values`);
    if (values.length === 0) throw invalid(`${at}.values has no element`);
    const inputs = values.map((value, j) => readInput(value, `${at}.values[${j}]`));
    all.set(id, [...(all.get(id) ?? []), ...inputs]);
  });
  return all;
}

function readInput(value: Value, at: string): AnnotationInput {
  if (!isObject(value)) throw unreadable(`${at} is not an object`);
  const { name } = value;
  if (typeof name !== "string") throw unreadable(`${at} has no name that is a text`);
  if (name.trim() === "") throw invalid(`${at}.name is blank`);
  const values: ValueObject = {};
  for (const key of ["score", "label", "text"] as const) {
    const { [key]: part = null } = value;
    if (part === null) continue;
    if (key === "score" ? !isNumber(part) : typeof part !== "string")
      throw unreadable(`${at}.${key} is not ${kinds[key]}`);
    values[key] = part;
  }
  return { name, values };
}

/** Says whether a value is a number, of whatever kind. */
export function isNumber(value: Value): boolean {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Float;
}

/** The block of a row with these annotations; the same one where they say nothing new. */
export function annotated(block: ValueObject, inputs: readonly AnnotationInput[], by: Annotator): ValueObject {
  const { item, meta = {} } = fromBlockForm(block);
  const all = byName(meta["annotations"]);
  let isNew = false;
  for (const { name, values } of inputs) {
    const before = Object.hasOwn(all, name) && isObject(all[name]) ? all[name] : undefined;
    if (before && sameValue({ ...before, ...values }, before)) continue;
    const annotator = { name: by.name, email: by.email };
    setKey(all, name, { ...before, ...values, updated_at: isoTime(by.now / 1000), annotator });
    isNew = true;
  }
  return isNew ? toBlockForm(item, { ...meta, annotations: all }) : block;
}

/** A copy of what is kept, by names. */
function byName(kept: Value | undefined): ValueObject {
  const all: ValueObject = {};
  if (isObject(kept)) for (const [name, annotation] of Object.entries(kept)) setKey(all, name, annotation);
  if (Array.isArray(kept))
    for (const annotation of kept) {
      if (!isObject(annotation)) continue;
      const { name, ...rest } = annotation;
      if (typeof name === "string" && name !== "") setKey(all, name, rest);
    }
  return all;
}

/** The annotations of a stored row as Arize writes them; what is none to it is left out. */
export function shownAnnotations(platform: Platform, block: Uint8Array): ValueObject[] {
  const meta = fieldOf(block, "@meta");
  if (!isObject(meta)) return [];
  return Object.entries(byName(meta["annotations"])).flatMap(([name, annotation]) =>
    isObject(annotation) ? [shown(platform, name, annotation)] : [],
  );
}

function shown(platform: Platform, name: string, annotation: ValueObject): ValueObject {
  const { score = null, label = null, text = null, updated_at: time = null, annotator = null } = annotation;
  const email = isObject(annotator) ? annotator["email"] : undefined;
  return {
    name,
    ...(isNumber(score) ? { score } : {}),
    ...(typeof label === "string" ? { label } : {}),
    ...(typeof text === "string" ? { text } : {}),
    ...(typeof time === "string" ? { updated_at: time } : {}),
    ...(typeof email === "string" ? { annotator: { id: userId(platform, email), email } } : {}),
  };
}
