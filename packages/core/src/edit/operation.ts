/** One step of a JSON Patch (RFC 6902), and the reader that takes patches from strangers. */
import { badInput, type Place } from "../errors.js";
import { getKey, isObject, type Value, type ValueObject } from "../item/value.js";
import { parsePointer } from "./pointer.js";

/** One operation of RFC 6902. `path` and `from` are JSON Pointers; values are exact. */
export type Operation =
  | { readonly op: "add"; readonly path: string; readonly value: Value }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "replace"; readonly path: string; readonly value: Value }
  | { readonly op: "move"; readonly from: string; readonly path: string }
  | { readonly op: "copy"; readonly from: string; readonly path: string }
  | { readonly op: "test"; readonly path: string; readonly value: Value };

/**
 * Reads a patch document: a list of operations, each with the members it needs. Other members are dropped, as RFC 6902 says.
 *
 * Throws bad-input, with the index of the operation, for what is not a list of such objects, for an unknown `op`, a missing or non-text member, and a
 * pointer that is none. Whether the paths exist is found out when the patch is applied.
 */
export function parsePatch(value: Value): Operation[] {
  if (Array.isArray(value)) return value.map(parseOperation);
  const single = isObject(value) && Object.hasOwn(value, "op");
  throw badInput(
    single ? "a patch is a list: put this one operation in [ ]" : "a patch is a list of operations, as in RFC 6902",
  );
}

/** Reads one operation; `index` is its number in the patch, for errors. */
export function parseOperation(value: Value, index: number): Operation {
  const place: Place = { operation: index };
  if (!isObject(value)) throw badInput('an operation is an object like { "op": "remove", "path": "/a" }', place);
  const op = getKey(value, "op");
  switch (op) {
    case "add":
    case "replace":
    case "test":
      return { op, path: pointerMember(value, "path", place), value: valueMember(value, op, place) };
    case "remove":
      return { op, path: pointerMember(value, "path", place) };
    case "move":
    case "copy":
      return { op, from: pointerMember(value, "from", place), path: pointerMember(value, "path", place) };
    case undefined:
      throw badInput('the operation has no "op"', place);
    default:
      throw badInput(
        `${typeof op === "string" ? JSON.stringify(op) : 'this "op"'} is none of add, remove, replace, move, copy, test`,
        place,
      );
  }
}

function pointerMember(object: ValueObject, name: "path" | "from", place: Place): string {
  const pointer = getKey(object, name);
  if (pointer === undefined) throw badInput(`the operation has no "${name}"`, place);
  if (typeof pointer !== "string") throw badInput(`"${name}" must be a JSON Pointer, as text`, place);
  parsePointer(pointer, place);
  return pointer;
}

function valueMember(object: ValueObject, op: string, place: Place): Value {
  const value = getKey(object, "value");
  if (value === undefined) throw badInput(`${op} needs a "value"`, place);
  return value;
}
