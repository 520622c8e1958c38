/**
 * Opik's filters: `[{"field", "operator", "key", "value"}, …]`, all of which are to hold.
 *
 * In a query or a stream's body the list is a text, in which the values of some fields are percent-encoded once more; elsewhere it is a list. Texts compare
 * whatever their case.
 */
import { isObject, printJson, type Value } from "@sheaf/core";
import { badRequest } from "./errors.js";
import { elementsIn, Fields } from "./fields.js";

export type Holds<T> = (tested: T) => boolean;
export type FieldType = "text" | "exact" | "map" | "list" | "date" | "enum" | "number";

export interface Filter {
  readonly field: string;
  /** Of a map: the key. */
  readonly key: string;
  readonly holds: Holds<Value | undefined>;
}

const texts = ["=", "!=", "contains", "not_contains", "starts_with", "ends_with"];
const order = [">", "<"];
const emptiness = ["is_empty", "is_not_empty"];
const operators: Readonly<Record<FieldType, readonly string[]>> = {
  text: [...texts, ...order],
  exact: [...texts, ...order],
  map: [...texts, ...order, ">=", "<="],
  list: ["=", "!=", "contains", "not_contains", ...emptiness],
  date: ["=", "!=", ...order, ">=", "<="],
  enum: ["=", "!=", ...emptiness, "in", "not_in"],
  number: ["=", "!=", ...order, ">=", "<=", ...emptiness],
};
const maxFilters = 100;

/**
 * Reads filters on fields of these types. `decoding` says which values of the text form are percent-encoded once more.
 *
 * Throws 400 for what is no filter, a field or operator that is not there, a blank value, a date that is none.
 */
export function parseFilters(
  given: string | Value[] | undefined,
  fields: Readonly<Record<string, FieldType>>,
  decoding: "all" | "maps" = "maps",
): Filter[] {
  if (given === undefined || given === "") return [];
  const list = typeof given === "string" ? elementsIn(given) : given;
  if (!list) throw bad("they are to be a JSON list");
  if (list.length > maxFilters) throw bad(`there are more than ${maxFilters}`);
  return list.map(filter => {
    if (!isObject(filter)) throw bad("a filter is to be an object");
    return parseFilter(new Fields(filter), fields, typeof given === "string" ? decoding : "none");
  });
}

function parseFilter(
  filter: Fields,
  fields: Readonly<Record<string, FieldType>>,
  decoding: "all" | "maps" | "none",
): Filter {
  const whole = filter.text("field") ?? "";
  // `data.answer` is the key `answer` of `data`.
  const dot = Object.hasOwn(fields, whole) ? -1 : whole.indexOf(".");
  const field = dot < 0 ? whole : whole.slice(0, dot);
  const key = dot < 0 ? (filter.text("key") ?? "") : whole.slice(dot + 1);
  if (!Object.hasOwn(fields, field)) throw bad(`there is no field ${JSON.stringify(whole)}`);
  const type = fields[field];
  const operator = filter.text("operator") ?? "";
  if (!operators[type].includes(operator)) throw bad(`the operator ${JSON.stringify(operator)} is none for ${field}`);
  if (type === "map" && key === "") throw bad(`${field} needs a key`);
  const raw = filter.text("value") ?? "";
  const isDecoded =
    decoding === "all" || (decoding === "maps" && (type === "map" || type === "list" || type === "date"));
  const value = isDecoded ? decoded(raw) : raw;
  if (value.trim() === "" && !emptiness.includes(operator)) throw bad(`the value for ${field} is blank`);
  return { field, key, holds: tester(type, operator, value) };
}

function tester(type: FieldType, operator: string, value: string): Holds<Value | undefined> {
  switch (type) {
    case "text":
    case "map":
      return textTester(operator, value.toLowerCase(), found => textOf(found).toLowerCase());
    case "exact":
      return textTester(operator, value, textOf);
    case "list":
      return listTester(operator, value);
    case "date":
      return dateTester(operator, value);
    case "enum":
      return enumTester(operator, value);
    case "number":
      return numberTester(operator, value);
  }
}

/** By how what is there compares with what is given. */
const orderTests: Readonly<Record<string, (order: number) => boolean>> = {
  "=": by => by === 0,
  "!=": by => by !== 0,
  ">": by => by > 0,
  "<": by => by < 0,
  ">=": by => by >= 0,
  "<=": by => by <= 0,
};

function textTester(operator: string, value: string, read: (found: Value | undefined) => string) {
  const tests: Readonly<Record<string, (text: string) => boolean>> = {
    "=": text => text === value,
    "!=": text => text !== value,
    contains: text => text.includes(value),
    not_contains: text => !text.includes(value),
    starts_with: text => text.startsWith(value),
    ends_with: text => text.endsWith(value),
  };
  const test = tests[operator] ?? (text => orderTests[operator](compareTexts(text, value)));
  return (found: Value | undefined) => test(read(found));
}

/** Numbers by what they are worth, all else as text. */
export function compareTexts(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (a.trim() !== "" && b.trim() !== "" && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : Number(a > b);
}

/** What is absent is neither greater nor less. */
function numberTester(operator: string, value: string): Holds<Value | undefined> {
  if (operator === "is_empty") return found => textOf(found) === "";
  if (operator === "is_not_empty") return found => textOf(found) !== "";
  const test = orderTests[operator];
  return found => textOf(found) !== "" && test(compareTexts(textOf(found), value));
}

function listTester(operator: string, value: string): Holds<Value | undefined> {
  const wanted = value.toLowerCase();
  const elements = (found: Value | undefined) => (Array.isArray(found) ? found : []).map(textOf);
  const some = (found: Value | undefined) => elements(found).some(text => text.toLowerCase().includes(wanted));
  const tests: Readonly<Record<string, Holds<Value | undefined>>> = {
    "=": found => elements(found).includes(value),
    "!=": found => !elements(found).includes(value),
    contains: some,
    not_contains: found => !some(found),
    is_empty: found => elements(found).length === 0,
    is_not_empty: found => elements(found).length > 0,
  };
  return tests[operator];
}

function dateTester(operator: string, value: string): Holds<Value | undefined> {
  const wanted = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/i.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(wanted)) throw bad(`${JSON.stringify(value)} is no date as ISO 8601 writes it`);
  const test = orderTests[operator];
  return found => typeof found === "string" && test(Date.parse(found) - wanted);
}

function enumTester(operator: string, value: string): Holds<Value | undefined> {
  const wanted = value.split(",").map(word => word.trim());
  const tests: Readonly<Record<string, (word: string) => boolean>> = {
    "=": word => word === value,
    "!=": word => word !== value,
    in: word => wanted.includes(word),
    not_in: word => !wanted.includes(word),
    is_empty: word => word === "",
    is_not_empty: word => word !== "",
  };
  const test = tests[operator];
  return found => test(textOf(found));
}

/** A value as text: texts without quotes, what is absent as nothing. */
export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : printJson(value);
}

function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, run => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** Says whether a text is like a pattern in which `%` stands for any text and `_` for any character. */
export function isLike(text: string, pattern: string): boolean {
  const [characters, wanted] = [Array.from(text), Array.from(pattern)];
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < characters.length) {
    if (from < wanted.length && wanted[from] === "%") [star, mark, from] = [from, at, from + 1];
    else if (from < wanted.length && (wanted[from] === "_" || wanted[from] === characters[at]))
      [at, from] = [at + 1, from + 1];
    else if (star >= 0) [at, from, mark] = [mark + 1, star + 1, mark + 1];
    else return false;
  }
  return wanted.slice(from).every(character => character === "%");
}

function bad(what: string) {
  return badRequest("Invalid filters query parameter", `filters: ${what}`);
}
