/**
 * Plain JavaScript objects to blocks, in one step.
 *
 * The rows of one dataset look alike, so the order of keys and their bytes are remembered per level, for the keys seen last there. Whatever is not
 * plain data in plain objects is left to the reference, `fromView`, which takes it or says what is the matter.
 */
import type { CborWriter } from "./cbor-writer.js";
import { encode, withWriter } from "./cbor.js";
import { planKeys } from "./key-plan.js";
import { requireObject, toBlockForm } from "./meta.js";
import { fromView } from "./view.js";

/**
 * Encodes a user's object, and its attributes if there are any, as the block of an item.
 *
 * Throws bad-input with the pointer for what `fromView` refuses, and when either is not an object.
 */
export function encodeView(item: unknown, meta?: unknown): Uint8Array {
  if (meta !== undefined) return encodeSlowly(item, meta);
  try {
    return withWriter(writer => writeItem(writer, item));
  } catch {
    return encodeSlowly(item, undefined);
  }
}

function encodeSlowly(item: unknown, meta: unknown): Uint8Array {
  const attributes = meta === undefined ? undefined : requireObject(fromView(meta));
  return encode(toBlockForm(requireObject(fromView(item)), attributes));
}

/** Thrown, and caught above, where the fast way ends. */
const notPlain = new Error("not plain data");
/** Deeper values are left to the reference. */
const deepest = 64;

function writeItem(writer: CborWriter, item: unknown): void {
  if (typeof item !== "object" || item === null || Array.isArray(item)) throw notPlain;
  writeObject(writer, item as Record<string, unknown>, 0);
}

function writeValue(writer: CborWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case "string":
      return writer.text(value, 0);
    case "number":
      return writer.number(value, 0);
    case "boolean":
      return writer.byte(value ? 0xf5 : 0xf4);
    case "object":
      if (value === null) return writer.byte(0xf6);
      if (Array.isArray(value)) return writeArray(writer, value, depth);
      return writeObject(writer, value as Record<string, unknown>, depth);
    default:
      throw notPlain;
  }
}

function writeArray(writer: CborWriter, array: readonly unknown[], depth: number): void {
  if (depth >= deepest || "toJSON" in array) throw notPlain;
  writer.head(0x80, array.length);
  for (let i = 0; i < array.length; i++) writeValue(writer, array[i], depth + 1);
}

function writeObject(writer: CborWriter, object: Record<string, unknown>, depth: number): void {
  if (depth >= deepest || Object.getPrototypeOf(object) !== Object.prototype) throw notPlain;
  const plan = planKeys(Object.keys(object), depth);
  if (plan === undefined || (depth === 0 && plan.hasAt)) throw notPlain;
  const { keys, order, encoded } = plan;
  writer.head(0xa0, keys.length);
  for (let i = 0; i < order.length; i++) {
    writer.raw(encoded[i]);
    writeValue(writer, object[keys[order[i]]], depth + 1);
  }
}
