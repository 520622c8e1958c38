/** One item by the reference: between its JSON text and its block. The kernel's results are these, or it refuses. */
import type { Place } from "../errors.js";
import { CborReader } from "./cbor-reader.js";
import { encode } from "./cbor.js";
import { parseJson, printJson } from "./json.js";
import { escapeKey, fromBlockForm, renameKeys, requireItem, requireObject, toBlockForm } from "./meta.js";
import { setKey, type Value, type ValueObject } from "./value.js";

/**
 * How text stands for an item: `plain`, the user's form, in which every `@` key is data; `block`, the block's own form, in which `@meta` holds the
 * attributes.
 */
export type ItemForm = "plain" | "block";

/** Names that are reserved in the projection's lines beside those of the block. */
export const rowNames: readonly string[] = ["id", "pos"];

/** Encodes the text of one item. Throws bad-input with the place. */
export function encodeText(text: string | Uint8Array, form: ItemForm, place: Place = {}): Uint8Array {
  const value = parseJson(text, place);
  return encodeItem(value, form, place);
}

/** Encodes an item. Throws bad-input when it is no object, or has an `@meta` that is none in block form. */
export function encodeItem(value: Value, form: ItemForm, place: Place = {}): Uint8Array {
  return encode(form === "plain" ? toBlockForm(requireObject(value, place)) : requireItem(value, place));
}

/** Decodes the block of an item, in the block's form. Throws bad-input when it is none, or holds what JSON cannot. */
export function decodeItem(block: Uint8Array): ValueObject {
  return requireItem(new CborReader(block, "json").whole() as Value);
}

/** Prints the block of an item in the user's form, or in the block's. */
export function printText(block: Uint8Array, form: ItemForm): string {
  const item = decodeItem(block);
  return printJson(form === "plain" ? fromBlockForm(item).item : item);
}

/** Prints a row as the projection does: id and position among the members, own keys of their names escaped. */
export function printRow(block: Uint8Array, id: string, position: string): string {
  const row: ValueObject = { ...renameKeys(decodeItem(block), key => escapeKey(key, rowNames)) };
  setKey(row, "@id", id);
  setKey(row, "@pos", position);
  return printJson(row);
}
