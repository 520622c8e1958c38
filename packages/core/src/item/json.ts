/**
 * JSON text and values, exactly: the reference for every faster path.
 *
 * `parseJson(printJson(x))` is `x`, to the bit. RFC 8259 to the letter, and what a block could not keep is refused where it stands.
 */
import { badInput, type Place } from "../errors.js";
import { compareText } from "../text.js";
import { greatestInteger, leastInteger } from "./ipld.js";
import { JsonParser } from "./json-parser.js";
import { printFloat } from "./number.js";
import { maxDepth, printPointer, type PathStep } from "./pointer.js";
import { Float, type Value, type ValueObject } from "./value.js";

/**
 * Reads one JSON text.
 *
 * Throws bad-input with line, column (from 1; in UTF-16 units) and pointer for what is not JSON, and for what cannot be kept: integers beyond −2⁶⁴ … 2⁶⁴−1,
 * numbers that overflow or vanish, a key twice, lone surrogates, bytes that are not UTF-8, more than `maxDepth` levels. A byte order mark is not JSON.
 *
 * @param place  what is known about where the text stands; `line` is the number of its first line
 */
export function parseJson(text: string | Uint8Array, place: Place = {}): Value {
  const { good, flaw } = typeof text === "string" ? wellFormed(text) : fromBytes(text);
  return new JsonParser(good, flaw, place).whole();
}

/** The good part of a text, and what is wrong with what follows it. */
interface Sound {
  readonly good: string;
  readonly flaw?: string;
}

function wellFormed(text: string): Sound {
  if (text.isWellFormed()) return { good: text };
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  return { good: text.slice(0, lone?.index), flaw: "a lone surrogate, which UTF-8 cannot hold" };
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function fromBytes(bytes: Uint8Array): Sound {
  try {
    return { good: strict.decode(bytes) };
  } catch {
    return { good: goodPart(bytes), flaw: "bytes that are not UTF-8" };
  }
}

/** Finds the longest beginning that is UTF-8, by bisection: a beginning is good as far as a stream decoder takes it without complaint. */
function goodPart(bytes: Uint8Array): string {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (begins(bytes.subarray(0, middle)) === undefined) high = middle - 1;
    else low = middle;
  }
  return begins(bytes.subarray(0, low)) ?? "";
}

function begins(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/**
 * Prints a value as JSON text on one line, keys in UTF-8 byte order, escaping as little as `JSON.stringify` does.
 *
 * Throws bad-input with the pointer for what JSON cannot hold, as `encode` does.
 */
export function printJson(value: Value): string {
  return printValue(value, [], 0);
}

function printValue(value: Value, path: PathStep[], depth: number): string {
  switch (typeof value) {
    case "string":
      return printText(value, path, depth);
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
      return printFinite(value, path, depth);
    case "bigint":
      if (value < leastInteger || value > greatestInteger)
        throw cannotPrint("an integer beyond -2^64 … 2^64-1; write it as text or as a float", path, depth);
      return String(value);
    case "boolean":
      return String(value);
    case "object":
      return printObject(value, path, depth);
    default:
      throw cannotPrint(`${typeof value} is nothing that JSON can hold`, path, depth);
  }
}

function printObject(value: null | Float | Value[] | ValueObject, path: PathStep[], depth: number): string {
  if (value === null) return "null";
  if (value instanceof Float) return printFinite(value.value, path, depth);
  if (depth >= maxDepth) throw cannotPrint(`more than ${maxDepth} levels deep`, path, depth);
  if (Array.isArray(value)) {
    const elements = value.map((element, i) => {
      path[depth] = i;
      return printValue(element, path, depth + 1);
    });
    return `[${elements.join(",")}]`;
  }
  const members = Object.keys(value)
    .sort(compareText)
    .map(key => {
      path[depth] = key;
      return `${printText(key, path, depth + 1)}:${printValue(value[key], path, depth + 1)}`;
    });
  return `{${members.join(",")}}`;
}

function printText(text: string, path: PathStep[], depth: number): string {
  if (!text.isWellFormed()) throw cannotPrint("a lone surrogate, which UTF-8 cannot hold", path, depth);
  return JSON.stringify(text);
}

function printFinite(n: number, path: PathStep[], depth: number): string {
  if (!Number.isFinite(n)) throw cannotPrint(`${n} is nothing that JSON can hold`, path, depth);
  return printFloat(n);
}

function cannotPrint(what: string, path: PathStep[], depth: number): Error {
  return badInput(what, { pointer: printPointer(path.slice(0, depth)) });
}
