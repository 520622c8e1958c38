/**
 * Filters on rows: conditions on places of an item, combined by `and` and `or`, compared exactly.
 *
 *     {"path": "/score", "op": ">=", "value": 0.5}     {"and": [{"path": "/tags", "op": "contains", "value": "new"}, …]}
 *
 * Numbers compare by what they are worth, whatever their kind (`1` is `1.0`) and size; texts by UTF-8 bytes. Values of two kinds are unequal and neither
 * is less. A condition on a place that a row does not have holds for `!=` alone, and for `exists` with `false`.
 */
import {
  badInput,
  compareText,
  isObject,
  isSheafError,
  parsePointer,
  sameWorth,
  Float,
  type Value,
  type ValueObject,
} from "@sheaf/core";

/** Says whether a row's item, in the user's form, is wanted. */
export type Holds = (item: ValueObject) => boolean;

export const operators = ["=", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "exists"] as const;
type Operator = (typeof operators)[number];

/** Conditions in one filter, and how deep they are nested, at most. */
const maxConditions = 100;
const maxDepth = 16;

/** Reads a filter. Throws bad-input with the pointer of what is wrong in it. */
export function parseFilter(filter: Value): Holds {
  return new FilterParser().parse(filter, "", 0);
}

class FilterParser {
  #conditions = 0;

  parse(filter: Value, at: string, depth: number): Holds {
    if (!isObject(filter)) throw bad('a filter is an object like {"path": "/score", "op": ">=", "value": 0.5}', at);
    if (depth > maxDepth) throw bad(`it is nested more than ${maxDepth} deep`, at);
    if (Object.hasOwn(filter, "and")) return this.#both(filter, "and", at, depth);
    if (Object.hasOwn(filter, "or")) return this.#both(filter, "or", at, depth);
    if (++this.#conditions > maxConditions) throw bad(`it has more than ${maxConditions} conditions`, at);
    return condition(filter, at);
  }

  #both(filter: ValueObject, word: "and" | "or", at: string, depth: number): Holds {
    only(filter, [word], at);
    const parts = filter[word];
    if (!Array.isArray(parts)) throw bad(`"${word}" takes a list of filters`, `${at}/${word}`);
    const all = parts.map((part, i) => this.parse(part, `${at}/${word}/${i}`, depth + 1));
    return word === "and" ? item => all.every(holds => holds(item)) : item => all.some(holds => holds(item));
  }
}

function condition(filter: ValueObject, at: string): Holds {
  only(filter, ["path", "op", "value"], at);
  const { path, op, value } = filter;
  if (typeof path !== "string") throw bad('"path" must be a JSON Pointer into the item, as text', `${at}/path`);
  const isKnown = (text: Value): text is Operator => operators.some(known => known === text);
  if (!isKnown(op)) throw bad(`"op" must be one of ${operators.join(" ")}`, `${at}/op`);
  if (value === undefined) throw bad(`${op} needs a "value"`, at);
  const steps = stepsOf(path, `${at}/path`);
  const test = tester(op, value, `${at}/value`);
  return item => test(valueAt(item, steps));
}

function tester(op: Operator, value: Value, at: string): (found: Value | undefined) => boolean {
  switch (op) {
    case "=":
      return found => found !== undefined && sameWorth(found, value);
    case "!=":
      return found => found === undefined || !sameWorth(found, value);
    case "<":
      return found => (order(found, value) ?? 0) < 0;
    case "<=":
      return found => (order(found, value) ?? 1) <= 0;
    case ">":
      return found => (order(found, value) ?? 0) > 0;
    case ">=":
      return found => (order(found, value) ?? -1) >= 0;
    case "in": {
      if (!Array.isArray(value)) throw bad("in takes a list of values", at);
      return found => found !== undefined && value.some(one => sameWorth(found, one));
    }
    case "contains":
      return found => contains(found, value);
    case "startsWith": {
      if (typeof value !== "string") throw bad("startsWith takes a text", at);
      return found => typeof found === "string" && found.startsWith(value);
    }
    case "exists": {
      if (typeof value !== "boolean") throw bad("exists takes true or false", at);
      return found => (found !== undefined) === value;
    }
  }
}

function contains(found: Value | undefined, value: Value): boolean {
  if (typeof found === "string") return typeof value === "string" && found.includes(value);
  return Array.isArray(found) && found.some(element => sameWorth(element, value));
}

/** How two numbers, texts or booleans stand; `undefined` for what has no order. */
function order(a: Value | undefined, b: Value): number | undefined {
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : undefined;
  if (typeof a === "boolean") return typeof b === "boolean" ? Number(a) - Number(b) : undefined;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === undefined || y === undefined) return undefined;
  return x < y ? -1 : x > y ? 1 : 0;
}

function numberOf(value: Value | undefined): number | bigint | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

const kinds = ["absent", "null", "boolean", "number", "string", "array", "object"] as const;

function kindOf(value: Value | undefined): number {
  const kind = (name: (typeof kinds)[number]) => kinds.indexOf(name);
  if (value === undefined) return kinds.length;
  if (value === null) return kind("null");
  if (typeof value === "boolean" || typeof value === "string") return kind(typeof value as "boolean" | "string");
  if (Array.isArray(value)) return kind("array");
  return isObject(value) ? kind("object") : kind("number");
}

/** Orders any two values, for sorting: null, booleans, numbers, texts, lists, objects, and last what is absent. Lists and objects among themselves stay in order. */
export function compareValues(a: Value | undefined, b: Value | undefined): number {
  const kinds = kindOf(a) - kindOf(b);
  return kinds !== 0 || b === undefined ? kinds : (order(a, b) ?? 0);
}

/** The steps of a pointer into an item. Throws bad-input, saying where the pointer was given. */
export function stepsOf(path: string, at: string): string[] {
  try {
    return parsePointer(path);
  } catch (error) {
    throw isSheafError(error, "bad-input")
      ? bad(`${JSON.stringify(path)} is no JSON Pointer; it begins with /`, at)
      : error;
  }
}

/** What stands at a place, if there is anything. */
export function valueAt(item: Value, steps: readonly string[]): Value | undefined {
  let at: Value | undefined = item;
  for (const step of steps) {
    if (Array.isArray(at)) at = /^(0|[1-9][0-9]*)$/.test(step) ? at[Number(step)] : undefined;
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function only(filter: ValueObject, names: readonly string[], at: string): void {
  const stray = Object.keys(filter).find(name => !names.includes(name));
  if (stray !== undefined) throw bad(`${JSON.stringify(stray)} does not belong here, beside ${names.join(", ")}`, at);
}

function bad(what: string, pointer: string) {
  return badInput(`the filter: ${what}`, { pointer });
}
