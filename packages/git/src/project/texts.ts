/** The small JSON files of the projection, printed for people: `sheaf.json` and each `dataset.json`. */
import {
  compareText,
  isObject,
  isSheafError,
  parseJson,
  printJson,
  utf8,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { rowsFolder } from "./row-file.js";

/** The file at the top that says which form the rest has. */
export const formatFile = "sheaf.json";
/** The file in each dataset's folder that holds what is known of it beside its rows. */
export const datasetFile = "dataset.json";

/** What `sheaf.json` holds: the one form there is. */
export const formatText: Uint8Array = utf8(printIndented({ format: 1 }));

/** What `dataset.json` says. */
export interface DatasetText {
  readonly id: string;
  readonly path: string;
  readonly meta: ValueObject;
}

/** Prints a `dataset.json`; without `meta` when it is empty. */
export function printDatasetText({ id, path, meta }: DatasetText): Uint8Array {
  return utf8(printIndented({ id, path, ...(Object.keys(meta).length > 0 && { meta }) }));
}

/** Prints exact JSON with an indent of two spaces and a line feed at the end, keys in UTF-8 byte order. Throws bad-input as `printJson` does. */
export function printIndented(value: Value): string {
  // Refuses with the pointer what JSON cannot hold, and bounds the depth below.
  printJson(value);
  return `${indented(value, "\n")}\n`;
}

function indented(value: Value, newline: string): string {
  const inner = `${newline}  `;
  if (Array.isArray(value))
    return enclose(
      "[]",
      value.map(element => indented(element, inner)),
      newline,
    );
  if (!isObject(value)) return printJson(value);
  const members = Object.keys(value)
    .sort(compareText)
    .map(key => `${printJson(key)}: ${indented(value[key], inner)}`);
  return enclose("{}", members, newline);
}

function enclose(brackets: string, parts: readonly string[], newline: string): string {
  if (parts.length === 0) return brackets;
  return `${brackets[0]}${newline}  ${parts.join(`,${newline}  `)}${newline}${brackets[1]}`;
}

/** Bytes of the byte order mark in front of a text, as other tools leave it. */
export function markBytes(body: Uint8Array): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

/** Says whether a dataset's id may stand in JSON. */
export function isDatasetId(id: unknown): id is string {
  return typeof id === "string" && /^[0-9a-f]{32}$/.test(id);
}

/** Says whether a file, at this path, makes its folder a dataset's. */
export function isDatasetText(path: string, bytes: Uint8Array): boolean {
  const names = path.split("/");
  if (names.length < 2 || names.at(-1) !== datasetFile || names.slice(1).includes(rowsFolder)) return false;
  try {
    const value = parseJson(bytes.subarray(markBytes(bytes)));
    return isObject(value) && isDatasetId(value["id"]);
  } catch (error) {
    if (isSheafError(error, "bad-input")) return false;
    throw error;
  }
}

/** Says whether the bytes are a `sheaf.json` of the form that this Sheaf knows; throws bad-input when they are not JSON. */
export function isFormatText(bytes: Uint8Array, file = formatFile): boolean {
  const value = parseJson(bytes, { file });
  return isObject(value) && value["format"] === 1;
}
