/** The small JSON files of the projection, printed for people: `sheaf.json` and each `dataset.json`. */
import { compareText, isObject, parseJson, printJson, utf8, type Value, type ValueObject } from "@sheaf/core";

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

/** Says whether the bytes are a `sheaf.json` of the form that this Sheaf knows; throws bad-input when they are not JSON. */
export function isFormatText(bytes: Uint8Array, file = formatFile): boolean {
  const value = parseJson(bytes, { file });
  return isObject(value) && value["format"] === 1;
}
