/** Items as they are printed: exact JSON in the user's form, straight from blocks. */
import {
  decode,
  fromBlockForm,
  printCid,
  printJson,
  type Dataset,
  type RowsOptions,
  type Value,
  type ValueObject,
} from "@sheaf/core";

/** A row as it is printed: its item as JSON text, numbers exactly, and its attributes if it has any. */
export interface PrintedRow {
  readonly id: string;
  readonly position: string;
  readonly cid: string;
  readonly item: ValueObject;
  readonly meta?: ValueObject;
}

/** Rows with exact values. */
export async function* exactRows(dataset: Dataset, options: RowsOptions): AsyncGenerator<PrintedRow> {
  for await (const { count, ids, positions, digests, blocks } of dataset.batches(options))
    for (let i = 0; i < count; i++)
      yield {
        id: ids[i],
        position: positions[i],
        cid: printCid(digests[i]),
        ...fromBlockForm(decode(blocks[i]) as ValueObject),
      };
}

/** A value as JSON with line breaks, for people: two spaces a level, numbers exactly, keys in the order of {@link printJson}. */
export function printPretty(value: Value, indent = ""): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map(element => deeper + printPretty(element, deeper)).join(",\n")}\n${indent}]`;
  }
  if (!isMembers(value)) return printJson(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  return `{\n${keys.map(key => `${deeper}${printJson(key)}: ${printPretty(value[key], deeper)}`).join(",\n")}\n${indent}}`;
}

function isMembers(value: Value): value is ValueObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
