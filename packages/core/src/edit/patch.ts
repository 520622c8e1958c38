/**
 * JSON Patch (RFC 6902) on exact values: all of a patch, or an error and nothing.
 *
 * Step of the walk: edit. Takes a value and operations, gives the new value; the one given stays as it was. Where values rest, and what a dataset allows, is
 * left to `document.ts` and the repository. Keys such as `__proto__` and `constructor` are keys like any other.
 */
import { SheafError, badInput, printPlace, type Place } from "../errors.js";
import { Float, getKey, isObject, type Value } from "../item/value.js";
import { Draft, kindOf, target } from "./draft.js";
import { parseOperation, type Operation } from "./operation.js";

export { parsePatch, type Operation } from "./operation.js";

/** A `test` operation did not hold: the precondition of a patch that is well-formed. Its code is `refused`, so that it is told apart from bad input. */
export class FailedTest extends SheafError<"refused"> {
  /** @param found  what stands there; absent when nothing does */
  constructor(
    place: Place,
    readonly expected: Value,
    readonly found: Value | undefined,
  ) {
    super(
      "refused",
      place,
      `${printPlace(place)}: the test failed: ${shown(expected)} was expected, ${found === undefined ? "nothing" : shown(found)} is there`,
    );
  }
}

/**
 * Applies a patch, in about the size of the patch plus what it touches, whatever the size of the document.
 *
 * Throws bad-input with the index of the operation and the pointer for an operation that is malformed or cannot be done, and {@link FailedTest} for a `test`
 * that does not hold. `test` compares as RFC 6902 says: numbers by what they are worth (`1` is `1.0`), exactly.
 */
export function applyPatch(document: Value, patch: readonly Operation[]): Value {
  const draft = draftFor(document, patch.length);
  patch.forEach((operation, index) => applyOperation(draft, parseOperation(operation, index), index));
  return draft.finish();
}

/** A draft that copies at most what a patch of so many operations may reasonably want: 4 million values, and 256 for each operation. */
export function draftFor(document: Value, operations: number): Draft {
  return new Draft(document, 2 ** 22 + 256 * operations);
}

/** Applies one operation to a draft; `index` is its number in the patch, for errors. After an error the draft is of no use. */
export function applyOperation(draft: Draft, operation: Operation, index: number): void {
  const at = target(operation.path, index);
  switch (operation.op) {
    case "add":
      return draft.add(at, operation.value);
    case "remove":
      return void draft.remove(at);
    case "replace":
      return draft.replace(at, operation.value);
    case "move":
      return move(draft, operation, index);
    case "copy":
      return draft.add(at, draft.copied(target(operation.from, index)));
    case "test":
      return test(draft, operation, index);
  }
}

function move(draft: Draft, { from, path }: Operation & { op: "move" }, index: number): void {
  const source = target(from, index);
  if (path.startsWith(`${from}/`))
    throw badInput(`a value cannot move into itself, from ${from || '""'} to ${path}`, source.place);
  if (path === from && draft.peek(source) !== undefined) return;
  draft.add(target(path, index), draft.remove(source));
}

function test(draft: Draft, { path, value }: Operation & { op: "test" }, index: number): void {
  const at = target(path, index);
  const found = draft.read(at);
  if (found === undefined || !matches(found, value)) throw new FailedTest(at.place, value, found);
}

/** Says whether two values are equal as RFC 6902 wants it for `test`: numbers numerically, objects by their members. */
export function matches(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => matches(element, b[i]));
  if (isObject(a)) {
    if (!isObject(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every(key => memberMatches(a[key], getKey(b, key)));
  }
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined || x < y) return false;
  // Bigint and number compare exactly in JavaScript; there is no NaN here.
  return x <= y;
}

function memberMatches(a: Value, b: Value | undefined): boolean {
  return b !== undefined && matches(a, b);
}

function numberOf(value: Value): number | bigint | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** A value in few characters, for a sentence. */
function shown(value: Value): string {
  if (value instanceof Float) return Number.isSafeInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (typeof value === "object" && value !== null) return kindOf(value);
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40).toWellFormed()}…` : value);
}
