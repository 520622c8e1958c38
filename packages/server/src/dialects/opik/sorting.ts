/** Opik's sorting: `[{"field", "direction"}]`, of which only the first counts. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { badRequest } from "./errors.js";
import { elementsIn } from "./fields.js";
import { textOf } from "./filter.js";

export interface Sorting {
  readonly field: string;
  readonly compare: (a: ValueObject, b: ValueObject) => number;
}

/** Reads a sorting; a field that none can sort by is passed over, and then the newest come first. Throws 400 for what is no JSON. */
export function parseSorting(text: string | undefined, sortable: readonly string[]): Sorting {
  const [first] = sortingIn(text);
  const field = isObject(first) && typeof first["field"] === "string" ? first["field"] : "";
  if (!isObject(first) || !sortable.includes(field)) return by("id", -1);
  return by(field, first["direction"] === "DESC" ? -1 : 1);
}

/** The elements of a sorting, if there is one. Throws 400 for what is no JSON list. */
export function sortingIn(text: string | undefined): Value[] {
  const elements = text === undefined || text === "" ? [] : elementsIn(text);
  if (!elements) throw badRequest("Invalid sorting query parameter", "sorting is to be a JSON list");
  return elements;
}

function by(field: string, sign: 1 | -1): Sorting {
  const key = (entry: ValueObject) => textOf(Object.hasOwn(entry, field) ? entry[field] : undefined).toLowerCase();
  return {
    field,
    compare: (a, b) => {
      const [x, y] = [key(a), key(b)];
      return x === y ? 0 : sign * (x < y ? -1 : 1);
    },
  };
}
