/** Reads the lines of a file of rows: what an import of the projection's lines takes, and what ids and positions must be. */
import { badInput, idFault, isPosition, RowLineEncoder, type Place, type RowLineBatch } from "@sheaf/core";
import { maxRowBytes } from "../project/row-lines.js";
import { markBytes } from "../project/texts.js";

/** Bytes of lines that are encoded at once. */
const sliceBytes = 2 ** 18;

const newline = 10;

export class RowReader {
  readonly #encoder = new RowLineEncoder();

  /**
   * Gives the rows of a file; iterate to the end before the next call.
   *
   * LF and CRLF end a line, blank lines are passed over, and so is a byte order mark in front. Throws bad-input with file, line, column and pointer; the reader
   * is of no more use then.
   */
  *rows(body: Uint8Array, place: Place): Generator<RowLineBatch> {
    let line = 1;
    for (const text of slices(body)) {
      if (text.length > maxRowBytes)
        throw badInput(`a row of more than ${maxRowBytes / 2 ** 20} MiB`, { ...place, line });
      const batches = this.#encoder.lines(text, line, place);
      let next = batches.next();
      for (; !next.done; next = batches.next()) {
        checkNames(next.value, place);
        yield next.value;
      }
      line = next.value;
    }
  }
}

/** Cuts a file at ends of lines; a slice is longer than it should be only where it is one line. */
function* slices(body: Uint8Array): Generator<Uint8Array> {
  for (let at = markBytes(body); at < body.length;) {
    let end = Math.min(at + sliceBytes, body.length);
    if (end < body.length) end = body.lastIndexOf(newline, end - 1) + 1;
    if (end <= at) end = body.indexOf(newline, at) + 1 || body.length;
    yield body.subarray(at, end);
    at = end;
  }
}

function checkNames({ items, ids, positions, lines }: RowLineBatch, place: Place): void {
  for (let i = 0; i < items.count; i++) {
    const [id, position] = [ids[i], positions[i]];
    const fault = id === undefined ? undefined : idFault(id);
    if (fault !== undefined) throw badInput(fault, { ...place, line: lines[i], pointer: "/@id" });
    if (position === undefined || isPosition(position)) continue;
    const what = `${JSON.stringify(position)} is not a position; leave @pos out, and the row stands where its line does`;
    throw badInput(what, { ...place, line: lines[i], pointer: "/@pos" });
  }
}

/** Number of lines that are not blank. */
export function countRows(body: Uint8Array): number {
  let rows = 0;
  for (let at = markBytes(body); at < body.length;) {
    const end = body.indexOf(newline, at) + 1 || body.length;
    if (!isBlank(body, at, end)) rows++;
    at = end;
  }
  return rows;
}

function isBlank(body: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++)
    if (body[at] !== 0x20 && body[at] !== 0x09 && body[at] !== 0x0d && body[at] !== newline) return false;
  return true;
}
