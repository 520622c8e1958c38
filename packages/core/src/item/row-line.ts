/**
 * The projection's lines: `{"@id":"q1","@pos":"a3","answer":"4"}`, an item in block form with its id and position among its keys.
 *
 * Own keys `@id` and `@pos` are escaped with one more `@`, as `@meta` is in the block itself, so what is left without id and position is the block's form.
 */
import { atPlace, badInput, bareMessage, isSheafError, type Place } from "../errors.js";
import { utf8 } from "../text.js";
import type { ItemBatch } from "./batch.js";
import { parseJson, printJson } from "./json.js";
import { LineEncoder } from "./lines.js";
import { renameKeys, requireItem, unescapeKey } from "./meta.js";
import { rowNames } from "./reference.js";
import type { Value, ValueObject } from "./value.js";

/** Lines with ids and positions taken out. */
export interface StrippedLines {
  /** Blocks as JSON text, one a line, without the blank lines. */
  readonly text: Uint8Array;
  readonly ids: (string | undefined)[];
  readonly positions: (string | undefined)[];
  /** The line on which each row stands. */
  readonly places: Uint32Array;
  /** The line behind the text. */
  readonly nextLine: number;
}

/** Takes ids and positions out of lines. */
export class RowLineStripper {
  #out = new Uint8Array(2 ** 16);
  #length = 0;
  #ids: (string | undefined)[] = [];
  #positions: (string | undefined)[] = [];
  #places: number[] = [];

  /** @param place  what is known about where the lines stand, beside the number of the line */
  constructor(readonly place: Place = {}) {}

  /** The text given back is overwritten by the next call. Throws bad-input for a line that is no object, or whose `@id`, `@pos`, `@meta` are not what they must be. */
  strip(text: Uint8Array, firstLine: number): StrippedLines {
    this.#length = 0;
    this.#ids = [];
    this.#positions = [];
    this.#places = [];
    let line = firstLine;
    for (let at = 0; at < text.length; line++) {
      const found = text.indexOf(10, at);
      const end = found < 0 ? text.length : found;
      this.#line(text, at, end, line);
      at = end + 1;
    }
    const places = Uint32Array.from(this.#places);
    return {
      text: this.#out.subarray(0, this.#length),
      ids: this.#ids,
      positions: this.#positions,
      places,
      nextLine: line,
    };
  }

  #line(text: Uint8Array, from: number, to: number, line: number): void {
    if (isBlank(text, from, to)) return;
    this.#places.push(line);
    const start = this.#length;
    const plain = plainHead(text, from, to);
    if (plain === undefined) return this.#rewrite(text.subarray(from, to), { ...this.place, line });
    this.#put(text.subarray(from, to));
    this.#out.fill(32, start + 1, start + plain.end - from);
    this.#ids.push(plain.id);
    this.#positions.push(plain.position);
  }

  #rewrite(line: Uint8Array, place: Place): void {
    const row = splitRow(parseJson(line, place), place);
    this.#put(utf8(printJson(row.block)));
    this.#ids.push(row.id);
    this.#positions.push(row.position);
  }

  #put(line: Uint8Array): void {
    if (this.#length + line.length + 1 > this.#out.length) {
      const grown = new Uint8Array(2 * (this.#length + line.length + 1));
      grown.set(this.#out.subarray(0, this.#length));
      this.#out = grown;
    }
    this.#out.set(line, this.#length);
    this.#length += line.length;
    this.#out[this.#length++] = 10;
  }
}

/** Rows of the projection's lines; valid until the next are asked for. */
export interface RowLineBatch {
  readonly items: ItemBatch;
  readonly ids: readonly (string | undefined)[];
  readonly positions: readonly (string | undefined)[];
  /** The line on which each row stands. */
  readonly lines: Uint32Array;
}

/** Encodes the projection's lines, any number of texts with one after another. */
export class RowLineEncoder {
  readonly #encoder = new LineEncoder({ form: "block" });
  /** Rows of earlier texts: the encoder goes on counting. */
  #before = 0;

  /**
   * Encodes a text of whole lines (the last needs no line break) whose first is `firstLine`; iterate to the end before the next call. Returns the line behind it.
   *
   * Throws bad-input at `place` and the line for a row that cannot be taken; the encoder is of no more use then.
   */
  *lines(text: Uint8Array, firstLine: number, place: Place): Generator<RowLineBatch, number, undefined> {
    const { text: blocks, ids, positions, places, nextLine } = new RowLineStripper(place).strip(text, firstLine);
    const batches = this.#encoder.push(blocks);
    for (let first = 0; ;) {
      const next = this.#placed(() => batches.next(), places, place);
      if (next.done) break;
      const end = first + next.value.count;
      const part = { ids: ids.slice(first, end), positions: positions.slice(first, end) };
      yield { items: next.value, ...part, lines: places.subarray(first, end) };
      first = end;
    }
    this.#before += ids.length;
    return nextLine;
  }

  #placed<T>(work: () => T, places: Uint32Array, place: Place): T {
    try {
      return work();
    } catch (error) {
      if (!isSheafError(error, "bad-input") || error.data.line === undefined) throw error;
      const line = places[error.data.line - 1 - this.#before];
      throw badInput(bareMessage(error), { ...place, ...error.data, line });
    }
  }
}

/** Takes a row's value apart. */
function splitRow(value: Value, place: Place): { id?: string; position?: string; block: ValueObject } {
  try {
    const { "@id": id, "@pos": position, ...rest } = requireItem(value);
    requireText(id, "@id");
    requireText(position, "@pos");
    const block = renameKeys(rest, key => unescapeKey(key, rowNames));
    return { ...(id === undefined ? {} : { id }), ...(position === undefined ? {} : { position }), block };
  } catch (error) {
    throw atPlace(error, place);
  }
}

function requireText(value: Value | undefined, key: string): asserts value is string | undefined {
  if (value !== undefined && typeof value !== "string") throw badInput(`${key} must be a text`, { pointer: `/${key}` });
}

function isBlank(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text[at] !== 32 && text[at] !== 9 && text[at] !== 13) return false;
  return true;
}

const idHead = utf8('{"@id":"');
const positionHead = utf8(',"@pos":"');

/**
 * Reads the head of a line as `print` writes it, ids without escapes; `end` is where the data's first key or `}` stands.
 *
 * Gives `undefined` for any other line, and where a further key begins with `@`: those go the long way.
 */
function plainHead(
  text: Uint8Array,
  from: number,
  to: number,
): { id: string; position: string | undefined; end: number } | undefined {
  const idEnd = plainText(text, from, to, idHead);
  if (idEnd === 0) return undefined;
  const positionEnd = plainText(text, idEnd, to, positionHead);
  const headEnd = positionEnd || idEnd;
  const end = text[headEnd] === 0x2c ? headEnd + 1 : headEnd;
  if (text[end] !== (end > headEnd ? 0x22 : 0x7d) || !isPlainTail(text, end, to)) return undefined;
  const id = fromAscii(text, from + idHead.length, idEnd - 1);
  const position = positionEnd ? fromAscii(text, idEnd + positionHead.length, positionEnd - 1) : undefined;
  return { id, position, end };
}

/** Finds the end of a text without escapes behind `head`; 0 when something else stands there. */
function plainText(text: Uint8Array, from: number, to: number, head: Uint8Array): number {
  for (let i = 0; i < head.length; i++) if (text[from + i] !== head[i]) return 0;
  for (let at = from + head.length; at < to; at++) {
    const byte = text[at];
    if (byte === 0x22) return at + 1;
    if (byte < 0x20 || byte >= 0x80 || byte === 0x5c) return 0;
  }
  return 0;
}

/** Says whether nothing in the rest of the line can be a key that begins with `@`, written plainly or as an escape. */
function isPlainTail(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (text[at] !== 0x22) continue;
    const next = text[at + 1];
    if (next === 0x40 || next === 0x5c) return false;
  }
  return true;
}

function fromAscii(text: Uint8Array, from: number, to: number): string {
  let ascii = "";
  for (let at = from; at < to; at++) ascii += String.fromCharCode(text[at]);
  return ascii;
}
