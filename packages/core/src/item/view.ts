/**
 * Values as a library's user sees them: plain JavaScript.
 *
 * Out: floats are numbers (so `1.0` looks like `1`), integers beyond ±(2⁵³−1) stay bigints. In: what `JSON.stringify` would take, but nothing lost in
 * silence. A user writes `new Float(1)` for `1.0`.
 */
import { badInput } from "../errors.js";
import { compareText } from "../text.js";
import { fieldOf } from "./field.js";
import { greatestInteger, leastInteger } from "./ipld.js";
import { fromBlockForm } from "./meta.js";
import { maxDepth, printPointer, type PathStep } from "./pointer.js";
import { decodeItem } from "./reference.js";
import { printForView } from "./text.js";
import { Float, setKey, type Value, type ValueObject } from "./value.js";

export { Float } from "./value.js";

/** Gives the plain JavaScript value, keys in UTF-8 byte order. Exact but for the kind of whole floats; objects and arrays are copies. */
export function view(value: Value): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(view);
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(compareText)) setKey(plain as ValueObject, key, view(value[key]) as Value);
  return plain;
}

/**
 * Takes a JavaScript value as data; copies it.
 *
 * A whole number is an integer while it is safe, `-0` and other numbers are floats, a bigint is an integer, `toJSON` is honoured (dates), members that are
 * `undefined` are left out, boxed primitives are unboxed. Throws bad-input with the pointer for NaN, infinities, integers out of range, lone surrogates,
 * cycles, functions, symbols, `undefined` elsewhere, maps, sets and byte arrays, and more than `maxDepth` levels.
 */
export function fromView(js: unknown): Value {
  return new Intake().value(js, 0);
}

/** A row's data in the user's form, and its attributes if it has any. */
export interface RowView {
  readonly item: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
}

/**
 * Gives the item in a block as a plain JavaScript object in the user's form, and its attributes apart; both as {@link view} does.
 *
 * Throws bad-input for a block that is not the canonical dag-cbor of an item.
 */
export function viewRow(block: Uint8Array): RowView {
  const fast = printForView(block);
  if (fast === undefined) return viewSlowly(block);
  const item = JSON.parse(fast.text) as Record<string, unknown>;
  return fast.hasMeta ? { item, meta: viewObject(fieldOf(block, "@meta") as ValueObject) } : { item };
}

/** Gives the item alone: {@link viewRow} without the attributes. */
export function viewItem(block: Uint8Array): Record<string, unknown> {
  const fast = printForView(block);
  return fast === undefined ? viewSlowly(block).item : (JSON.parse(fast.text) as Record<string, unknown>);
}

function viewSlowly(block: Uint8Array): RowView {
  const { item, meta } = fromBlockForm(decodeItem(block));
  return meta === undefined ? { item: viewObject(item) } : { item: viewObject(item), meta: viewObject(meta) };
}

function viewObject(object: ValueObject): Record<string, unknown> {
  return view(object) as Record<string, unknown>;
}

class Intake {
  readonly #path: PathStep[] = [];
  readonly #around: object[] = [];

  value(given: unknown, depth: number): Value {
    const js = plain(given, this.#path[depth - 1]);
    switch (typeof js) {
      case "string":
        return this.#text(js, depth);
      case "number":
        return this.#number(js, depth);
      case "bigint":
        return this.#integer(js, depth);
      case "boolean":
        return js;
      case "object":
        return js === null ? null : this.#object(js, depth);
      default:
        throw this.#refuse(`${typeof js} is nothing that JSON can hold`, depth);
    }
  }

  #text(text: string, depth: number): string {
    if (!text.isWellFormed()) throw this.#refuse("a lone surrogate, which UTF-8 cannot hold", depth);
    return text;
  }

  #number(n: number, depth: number): number | Float {
    if (!Number.isFinite(n)) throw this.#refuse(`${n} is nothing that JSON can hold`, depth);
    if (!Number.isInteger(n)) return n;
    return Number.isSafeInteger(n) && !Object.is(n, -0) ? n : new Float(n);
  }

  #integer(n: bigint, depth: number): number | bigint {
    if (n < leastInteger || n > greatestInteger)
      throw this.#refuse("an integer beyond -2^64 … 2^64-1; write it as text or as a float", depth);
    const short = Number(n);
    return Number.isSafeInteger(short) ? short : n;
  }

  #object(js: object, depth: number): Value {
    if (js instanceof Float) {
      if (!Number.isFinite(js.value)) throw this.#refuse(`${js.value} is nothing that JSON can hold`, depth);
      return Number.isInteger(js.value) ? js : js.value;
    }
    const kind = lossy(js);
    if (kind !== undefined) throw this.#refuse(`${kind} is nothing that JSON can hold; convert it first`, depth);
    if (depth > 0 && this.#around.lastIndexOf(js, depth - 1) >= 0) throw this.#refuse("an object inside itself", depth);
    if (depth >= maxDepth) throw this.#refuse(`more than ${maxDepth} levels deep`, depth);
    this.#around[depth] = js;
    this.#around.length = depth + 1;
    return Array.isArray(js) ? this.#array(js, depth) : this.#members(js, depth);
  }

  #array(array: readonly unknown[], depth: number): Value[] {
    const values: Value[] = [];
    for (let i = 0; i < array.length; i++) {
      this.#path[depth] = i;
      values.push(this.value(array[i], depth + 1));
    }
    return values;
  }

  #members(js: object, depth: number): ValueObject {
    const object: ValueObject = {};
    for (const [key, member] of Object.entries(js)) {
      if (member === undefined) continue;
      this.#path[depth] = key;
      this.#text(key, depth + 1);
      setKey(object, key, this.value(member, depth + 1));
    }
    return object;
  }

  #refuse(what: string, depth: number): Error {
    return badInput(what, { pointer: printPointer(this.#path.slice(0, depth)) });
  }
}

/** What `Object.prototype.toString` says of boxed primitives. */
const boxes = new Set(["[object Number]", "[object String]", "[object Boolean]"]);

/** Follows `toJSON` and unboxes, as `JSON.stringify` does. */
function hasToJson(given: object): given is { toJSON(key: string): unknown } {
  return "toJSON" in given && typeof given.toJSON === "function";
}

function plain(given: unknown, key: PathStep = ""): unknown {
  if (typeof given !== "object" || given === null) return given;
  const js: unknown = hasToJson(given) ? given.toJSON(String(key)) : given;
  return typeof js === "object" && js !== null && boxes.has(Object.prototype.toString.call(js)) ? js.valueOf() : js;
}

/** Names the kinds of object that `JSON.stringify` would empty in silence. */
function lossy(js: object): string | undefined {
  if (js instanceof Map) return "a Map";
  if (js instanceof Set) return "a Set";
  if (ArrayBuffer.isView(js) || js instanceof ArrayBuffer) return "binary data";
  return undefined;
}
