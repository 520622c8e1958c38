/**
 * CSV and TSV text as cells, byte by byte: RFC 4180, in a stream that may be cut anywhere between characters.
 *
 * A line ends with LF, CRLF or CR. A cell in quotes may hold line ends, delimiters, and quotes written twice; nothing may stand between its closing quote
 * and the delimiter. A quote inside a bare cell is refused where `strayQuotes` does not allow it. Cells go out as JSON text between a prefix and a suffix
 * of the caller's choice, so that rows become lines for the kernel without a string in between.
 */
import { badInput } from "@sheaf/core";
import { characterBytes } from "./characters.js";
import { fileOf } from "./places.js";

const quote = 0x22;
const lf = 10;
const cr = 13;
const backslash = 0x5c;

/** What a byte means; the greater ones need a hand. */
const isText = 0;
const isDelimiter = 1;
const isBreak = 2;
const isQuote = 3;
const isEscaped = 4;
const isHigh = 5;

const cellStart = 0;
const bare = 1;
const quoted = 2;
const quoteInQuoted = 3;

const escapes = Array.from({ length: 32 }, (_, byte) =>
  Uint8Array.from(JSON.stringify(String.fromCharCode(byte)), c => c.charCodeAt(0)).slice(1, -1),
);

const escapedQuote = Uint8Array.of(backslash, quote);
const escapedBackslash = Uint8Array.of(backslash, backslash);
const emptyText = Uint8Array.of(quote, quote);

/** How the cells of a row go out, and what is done when it is complete. */
export interface Layout {
  /** What stands before cell `i`, its opening quote included if it has one. Throws for a cell too many. */
  prefix(i: number): Uint8Array;
  /** Says whether cell `i` goes out as it is; else between quotes, as an empty cell always does. */
  isRaw(i: number): boolean;
  /** Cell `i` is complete, from `from` to `length` of what was written. */
  cell?(i: number, from: number): void;
  /** A row of `cells` cells is complete, from `rowStart` to `length`; `blank`: nothing at all stood on its line. */
  row(cells: number, blank: boolean): void;
}

export interface Dialect {
  readonly delimiter: number;
  /** `"` quotes cells; else it is text like any other. */
  readonly quotes: boolean;
  /** A `"` inside a bare cell is text. */
  readonly strayQuotes: boolean;
}

export class CellScanner {
  out = new Uint8Array(2 ** 16);
  length = 0;
  rowStart = 0;
  /** Line in hand and line on which the row in hand began, from 1; lines inside quotes count. */
  line = 1;
  rowLine = 1;

  readonly #meaning = new Uint8Array(256);
  /** Says by 1 which bytes need a hand inside quotes. */
  readonly #marked = new Uint8Array(256);
  readonly #stray: boolean;
  #state = cellStart;
  #cells = 0;
  #contentStart = 0;
  #quoted = false;
  #blank = false;
  #quoteLine = 1;
  /** Counts bytes, to know an LF that follows a CR. */
  #passed = 0;
  #crAt = -2;

  constructor(
    dialect: Dialect,
    readonly file: string | undefined,
    public layout: Layout,
  ) {
    this.#stray = dialect.strayQuotes;
    this.#meaning.fill(isEscaped, 0, 32).fill(isHigh, 128);
    this.#meaning[backslash] = isEscaped;
    this.#meaning[lf] = this.#meaning[cr] = isBreak;
    this.#meaning[quote] = dialect.quotes ? isQuote : isEscaped;
    this.#meaning[dialect.delimiter] = isDelimiter;
    this.#marked.fill(1, 0, 32).fill(1, 128);
    this.#marked[quote] = this.#marked[backslash] = 1;
  }

  /** Scans a chunk that ends between two characters. */
  scan(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === cellStart) at = this.#begin(chunk, at);
      else if (this.#state === bare) at = this.#bare(chunk, at);
      else if (this.#state === quoted) at = this.#inQuotes(chunk, at);
      else at = this.#afterQuote(chunk, at);
    }
    this.#passed += chunk.length;
  }

  /** Takes the end of the text for the end of the row in hand, if one is. */
  finish(): void {
    if (this.#state === quoted)
      throw badInput('a quoted cell is never closed; end it with "', { ...fileOf(this.file), line: this.#quoteLine });
    if (this.#state === cellStart && this.#cells === 0) return;
    if (this.#state === cellStart) this.#openCell(0);
    this.#room(16);
    this.#endCell();
    this.#endRow();
  }

  /** Forgets what is written up to the row in hand. */
  clear(): void {
    this.out.copyWithin(0, this.rowStart, this.length);
    this.length -= this.rowStart;
    this.#contentStart -= this.rowStart;
    this.rowStart = 0;
  }

  #begin(chunk: Uint8Array, at: number): number {
    const byte = chunk[at];
    if (this.#cells === 0) {
      if (byte === lf && this.#crAt === this.#passed + at - 1) return at + 1;
      this.rowLine = this.line;
    }
    this.#openCell(chunk.length - at);
    if (this.#meaning[byte] !== isQuote) return at;
    this.#state = quoted;
    this.#quoted = true;
    this.#quoteLine = this.line;
    return at + 1;
  }

  /** Writes what stands before a cell, and makes room for whatever `more` bytes of text may become. */
  #openCell(more: number): void {
    const prefix = this.layout.prefix(this.#cells);
    this.#room(prefix.length + 6 * more + 16);
    this.#write(prefix);
    this.#contentStart = this.length;
    this.#state = bare;
    this.#quoted = false;
  }

  /** Goes on in a bare cell, and in the bare cells that follow it. */
  #bare(chunk: Uint8Array, from: number): number {
    this.#room(6 * (chunk.length - from) + 16);
    const meaning = this.#meaning;
    let at = from;
    let sense = isText;
    while (true) {
      const { out } = this;
      let { length } = this;
      for (; at < chunk.length; at++) {
        const byte = chunk[at];
        sense = meaning[byte];
        if (sense !== isText) break;
        out[length++] = byte;
      }
      this.length = length;
      if (at === chunk.length) return at;
      if (sense !== isDelimiter) break;
      this.#endCell();
      if (++at === chunk.length || meaning[chunk[at]] === isQuote) return at;
      this.#openCell(chunk.length - at);
    }
    if (sense === isBreak) this.#break(chunk[at], at);
    else if (sense === isQuote) this.#strayQuote();
    else return this.#special(chunk, at);
    return at + 1;
  }

  #break(byte: number, at: number): void {
    this.#endCell();
    this.#endRow();
    this.line++;
    if (byte === cr) this.#crAt = this.#passed + at;
  }

  #inQuotes(chunk: Uint8Array, from: number): number {
    this.#room(6 * (chunk.length - from) + 16);
    const { out } = this;
    const marked = this.#marked;
    let length = this.length;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (marked[byte] === 1) break;
      out[length++] = byte;
    }
    this.length = length;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    if (byte !== quote) return this.#special(chunk, at);
    this.#state = quoteInQuoted;
    return at + 1;
  }

  #afterQuote(chunk: Uint8Array, at: number): number {
    this.#room(16);
    const byte = chunk[at];
    const sense = this.#meaning[byte];
    if (sense === isQuote) {
      this.#write(escapedQuote);
      this.#state = quoted;
    } else if (sense === isDelimiter) this.#endCell();
    else if (sense === isBreak) this.#break(byte, at);
    else throw this.#refuse('text after the closing quote of a cell; write a quote inside it twice: ""');
    return at + 1;
  }

  #strayQuote(): void {
    if (!this.#stray)
      throw this.#refuse(
        'a " inside a cell that does not begin with one; put the cell in quotes and write it twice, or read with --no-quotes',
      );
    this.#write(escapedQuote);
  }

  /** Writes one character that JSON escapes or that is more than a byte; gives where the next begins. */
  #special(chunk: Uint8Array, at: number): number {
    const byte = chunk[at];
    if (byte >= 128) return this.#high(chunk, at);
    this.#write(byte < 32 ? escapes[byte] : byte === quote ? escapedQuote : escapedBackslash);
    if (byte === cr) this.#crAt = this.#passed + at;
    const continues = byte === lf && this.#crAt === this.#passed + at - 1;
    if (byte === cr || (byte === lf && !continues)) this.line++;
    return at + 1;
  }

  /** Copies characters of several bytes, as long as they follow each other. */
  #high(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && chunk[at] >= 128) {
      const size = characterBytes(chunk, at);
      if (size === 0) throw this.#refuse("bytes that are not UTF-8; convert the file to UTF-8 first");
      for (let i = 0; i < size; i++) this.out[this.length++] = chunk[at++];
    }
    return at;
  }

  #endCell(): void {
    const i = this.#cells++;
    const isEmpty = this.length === this.#contentStart;
    this.layout.cell?.(i, this.#contentStart);
    if (!this.layout.isRaw(i)) this.out[this.length++] = quote;
    else if (isEmpty) this.#write(emptyText);
    this.#blank = isEmpty && i === 0 && !this.#quoted;
    this.#state = cellStart;
  }

  #endRow(): void {
    const cells = this.#cells;
    this.#cells = 0;
    this.layout.row(cells, this.#blank);
    this.rowStart = this.length;
  }

  /** Appends bytes of the caller's: what ends a row. */
  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    const { out, length } = this;
    for (let i = 0; i < bytes.length; i++) out[length + i] = bytes[i];
    this.length = length + bytes.length;
  }

  #room(more: number): void {
    if (this.length + more <= this.out.length) return;
    const grown = new Uint8Array(2 * (this.length + more));
    grown.set(this.out.subarray(0, this.length));
    this.out = grown;
  }

  #refuse(what: string): Error {
    return badInput(what, { ...fileOf(this.file), line: this.line });
  }
}
