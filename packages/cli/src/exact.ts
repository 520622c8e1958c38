/** Items as they are printed: exact JSON in the user's form, straight from blocks. */
import {
  decode,
  fieldOf,
  fromBlockForm,
  isObject,
  printCid,
  printItem,
  printJson,
  type Dataset,
  type RowsOptions,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { printMembers } from "./record.js";

/** A row with its item, numbers exactly, and its attributes if it has any. */
export interface ExactRow {
  readonly id: string;
  readonly position: string;
  readonly cid: string;
  readonly item: ValueObject;
  readonly meta?: ValueObject;
}

/** Rows with exact values. */
export async function* exactRows(dataset: Dataset, options: RowsOptions): AsyncGenerator<ExactRow> {
  for await (const { count, ids, positions, digests, blocks } of dataset.batches(options))
    for (let i = 0; i < count; i++)
      yield {
        id: ids[i],
        position: positions[i],
        cid: printCid(digests[i]),
        ...fromBlockForm(decode(blocks[i]) as ValueObject),
      };
}

/** Rows as JSON, `{"id", "position", "cid", "item"}` and `"meta"` where there are attributes; the text of items comes straight from their blocks. */
export async function* rowLines(dataset: Dataset, options: RowsOptions): AsyncGenerator<string> {
  for await (const { count, ids, positions, digests, blocks } of dataset.batches(options))
    for (let i = 0; i < count; i++) {
      const meta = attributesOf(blocks[i]);
      const names: [string, string][] = [
        ["id", JSON.stringify(ids[i])],
        ["position", JSON.stringify(positions[i])],
        ["cid", JSON.stringify(printCid(digests[i]))],
        ["item", printItem(blocks[i])],
      ];
      yield printMembers(meta === undefined ? names : [...names, ["meta", meta]]);
    }
}

/** The attributes of an item's block as JSON text; `undefined` when it has none. */
export function attributesOf(block: Uint8Array): string | undefined {
  const meta = fieldOf(block, "@meta");
  return meta === undefined ? undefined : printJson(meta);
}

/** A value as JSON with line breaks, for people: two spaces a level, numbers exactly, keys in the order of {@link printJson}. */
export function printPretty(value: Value, indent = ""): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map(element => deeper + printPretty(element, deeper)).join(",\n")}\n${indent}]`;
  }
  if (!isObject(value)) return printJson(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  return `{\n${keys.map(key => `${deeper}${printJson(key)}: ${printPretty(value[key], deeper)}`).join(",\n")}\n${indent}}`;
}
