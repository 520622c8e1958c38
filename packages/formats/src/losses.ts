/** What an export would lose, and how that is said. */
import { SheafError, printPlace, type Place } from "@sheaf/core";
import type { PrintBatch } from "./rows.js";

/** Makes the error for an export that is not whole: what would be lost, where, and how to have it anyway. */
export function loss(what: string, place: Place): SheafError<"refused"> {
  const where = printPlace(place);
  const advice = "export with --lossy to leave that out, or in a format that holds it (jsonl with --rows holds all)";
  return new SheafError("refused", place, `${where === "" ? "" : `${where}: `}${what}; ${advice}`);
}

/** Names a row of a batch: by its id if that is known. */
export function rowPlace(batch: PrintBatch, i: number, pointer?: string): Place {
  const id = batch.ids?.[i];
  return { ...(id === undefined ? {} : { id }), ...(pointer === undefined ? {} : { pointer }) };
}

const metaKey = [0x65, 0x40, 0x6d, 0x65, 0x74, 0x61];

/** Finds the first block whose bytes hold the key `@meta` somewhere; -1 when none does. The block may hold it deeper, or in a text. */
export function findMetaKey(batch: PrintBatch, from: number): number {
  const { bytes, starts, ends } = batch.items;
  let row = from;
  let at = row < batch.count ? starts[row] : bytes.length;
  while (true) {
    at = bytes.indexOf(0x40, at);
    if (at < 0) return -1;
    while (row < batch.count && ends[row] <= at) row++;
    if (row >= batch.count) return -1;
    if (at > starts[row] && metaKey.every((byte, i) => bytes[at - 1 + i] === byte)) return row;
    at++;
  }
}
