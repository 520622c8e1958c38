/** All rows of a version as the text of a file. */
import { printJson, type DatasetVersion, type ValueObject } from "@sheaf/core";
import { itemOf } from "../../native/row-reader.js";
import { cellIn, cellText } from "./cells.js";

/** Lines of CSV, the header first. Nothing is an empty cell. */
export async function* csvTexts(
  version: DatasetVersion,
  columns: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield columns.map(quoted).join();
  for await (const item of itemsOf(version, signal))
    yield columns.map(name => quoted(cellText(cellIn(item, name)))).join();
}

/** Objects from columns to cells, as JSON. */
export async function* jsonTexts(
  version: DatasetVersion,
  columns: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const item of itemsOf(version, signal)) {
    const cells = columns.map(name => `${JSON.stringify(name)}:${printJson(cellIn(item, name))}`);
    yield `{${cells.join()}}`;
  }
}

async function* itemsOf(version: DatasetVersion, signal: AbortSignal): AsyncGenerator<ValueObject> {
  for await (const { blocks } of version.batches({ signal })) for (const block of blocks) yield itemOf(block);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}
