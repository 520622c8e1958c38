/** What a value is called in a sentence. */
import { isObject, type Value } from "@sheaf/core";

/** Names a value's kind, with its article: `a text`, `an array`; `null` and booleans name themselves. */
export function nameOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return `${value}`;
  if (Array.isArray(value)) return "an array";
  return isObject(value) ? "an object" : "a number";
}
