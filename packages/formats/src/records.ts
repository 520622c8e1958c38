/**
 * Finds rows in a stream of JSON text and gives each as a line, so that the kernel for JSONL reads JSON too. Holds about one batch at a time.
 *
 * A row's own text is skipped by depth alone, strings apart; whether it is JSON, the kernel says. All around the rows is checked by {@link Envelope}.
 */
import { badInput, isSheafError, maxLineBytes, parseJson, printPointer, type Place, type Value } from "@sheaf/core";
import { Envelope, Flaw } from "./envelope.js";
import { fileOf, moved, tooLong } from "./places.js";
import { nameOf } from "./value-name.js";
import type { Window } from "./window.js";

const newline = 10;
const quote = 0x22;
const backslash = 0x5c;

/** What a byte does inside a row, outside its strings. */
const opens = 1;
const closes = 2;
const quotes = 3;
const breaks = 4;
const effects = new Uint8Array(256);
effects[0x5b] = effects[0x7b] = opens;
effects[0x5d] = effects[0x7d] = closes;
effects[quote] = quotes;
effects[newline] = breaks;

/** Which bytes matter inside a row's strings. */
const textEffects = new Uint8Array(256);
textEffects[quote] = textEffects[backslash] = textEffects[newline] = 1;

/** Says by 1 which bytes end a number or a word: white space, and `,` `:` `]` `}`. */
const ends = new Uint8Array(256);
for (const byte of [32, 9, 10, 13, 0x2c, 0x3a, 0x5d, 0x7d, 0x5b, 0x7b, quote]) ends[byte] = 1;

export class RecordScanner {
  /** The rows found since {@link clear}, one a line, in `length` bytes. */
  text = new Uint8Array(2 ** 16);
  length = 0;
  count = 0;
  /** For each row the line on which it begins. */
  readonly lines: number[] = [];
  /** For each row its key, where rows stand in an object. */
  readonly keys: (string | undefined)[] = [];
  anyKeys = false;

  readonly #envelope: Envelope;
  /** For each row where its text begins and ends. Offsets count from the window's start, here and below. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #containers: string[] = [];
  readonly #indexes: number[] = [];
  #at = 0;
  /** Line in hand, and where it begins; 0 or less: before the window. */
  #line = 1;
  #lineStart = 0;
  /** Levels open inside the row in hand; 0 outside rows. */
  #depth = 0;
  #inText = false;
  #rowAt = 0;
  #rowLine = 1;
  #rowLineStart = 0;
  #newlines: number[] = [];

  constructor(
    readonly window: Window,
    records: string | undefined,
  ) {
    this.#envelope = new Envelope(records);
  }

  /** Scans until `wanted` bytes of rows are found or the window is used up; `final` says that nothing comes after it. */
  scan(wanted: number, final: boolean): void {
    const { window } = this;
    while (this.length < wanted && this.#at < window.length) {
      const moved = this.#depth > 0 ? this.#scanRow() : this.#step(final);
      if (!moved) break;
    }
    if (window.length - this.#keepFrom > maxLineBytes) throw tooLong(window.file, this.#rowLine);
  }

  /** Throws unless the text ended where JSON may end. */
  finish(): void {
    if (this.#depth > 0) throw this.explain(this.#rowAt, this.window.length, this.#envelope.pointer);
    this.#guard(this.window.length, () => this.#envelope.ended());
  }

  /** Forgets the rows found, and all of the window that was used up. */
  clear(): void {
    const keep = this.#keepFrom;
    if (this.#depth > 0) this.window.drop(keep, this.#rowLine, this.#rowLineStart);
    else this.window.drop(keep, this.#line, this.#lineStart);
    this.#lineStart -= keep;
    this.#rowLineStart -= keep;
    this.#at -= keep;
    this.#rowAt -= keep;
    for (let i = 0; i < this.#newlines.length; i++) this.#newlines[i] -= keep;
    this.length = this.count = 0;
    this.anyKeys = false;
    for (const list of [this.lines, this.keys, this.#from, this.#to, this.#containers, this.#indexes]) list.length = 0;
  }

  /** Pointer of row `i` in the document. */
  pointer(i: number): string {
    return this.#containers[i] + printPointer([this.keys[i] ?? this.#indexes[i]]);
  }

  place(i: number): Place {
    return { ...this.window.place(this.#from[i]), pointer: this.pointer(i) };
  }

  /** Makes the error for row `i`, which the kernel refused, from the row's text as it stands in the file. */
  explainRow(i: number, otherwise: unknown): unknown {
    return this.explain(this.#from[i], this.#to[i], this.pointer(i), otherwise);
  }

  explain(from: number, to: number, pointer: string, otherwise?: unknown): unknown {
    const start = this.window.place(from);
    try {
      parseJson(this.#slice(from, to));
    } catch (error) {
      if (!isSheafError(error, "bad-input")) return error;
      return moved(error, start, pointer);
    }
    return otherwise;
  }

  get #keepFrom(): number {
    return this.#depth > 0 ? this.#rowAt : this.#at;
  }

  #slice(from: number, to: number): Uint8Array {
    const { bytes, start } = this.window;
    return bytes.subarray(start + from, start + to);
  }

  /** Goes on in the row in hand; says whether its end was found. */
  #scanRow(): boolean {
    const { bytes, start, end } = this.window;
    let at = start + this.#at;
    while (at < end && this.#depth > 0) {
      at = this.#inText ? skip(bytes, at, end, textEffects) : skip(bytes, at, end, effects);
      if (at < end) at = this.#inText ? this.#textByte(bytes[at], at) : this.#rowByte(bytes[at], at);
    }
    this.#at = at - start;
    if (this.#depth > 0) return false;
    this.#takeRow();
    return true;
  }

  #rowByte(byte: number, at: number): number {
    const effect = effects[byte];
    if (effect === opens) this.#depth++;
    else if (effect === closes) this.#depth--;
    else if (effect === quotes) this.#inText = true;
    else {
      this.#newlines.push(at - this.window.start);
      this.#break(at - this.window.start);
    }
    return at + 1;
  }

  #break(at: number): void {
    this.#line++;
    this.#lineStart = at + 1;
  }

  #textByte(byte: number, at: number): number {
    if (byte === newline) throw this.#brokenText(at - this.window.start);
    if (byte === backslash) return at + 2;
    this.#inText = false;
    return at + 1;
  }

  #brokenText(at: number): unknown {
    return this.explain(this.#rowAt, at + 1, this.#envelope.pointer);
  }

  /** Copies the row that was just ended as a line. */
  #takeRow(): void {
    const row = this.#slice(this.#rowAt, this.#at);
    this.#room(row.length + 1);
    this.text.set(row, this.length);
    for (const at of this.#newlines) this.text[this.length + at - this.#rowAt] = 32;
    this.length += row.length;
    this.text[this.length++] = newline;
    this.#note();
    this.#newlines.length = 0;
    this.#envelope.rowEnded();
  }

  #note(): void {
    const { container, key, index } = this.#envelope.row;
    this.#from.push(this.#rowAt);
    this.#to.push(this.#at);
    this.#containers.push(container);
    this.#indexes.push(index);
    this.lines.push(this.#rowLine);
    this.keys.push(key);
    if (key !== undefined) this.anyKeys = true;
    this.count++;
  }

  #room(more: number): void {
    if (this.length + more <= this.text.length) return;
    const grown = new Uint8Array(Math.max(2 * this.text.length, this.length + more));
    grown.set(this.text.subarray(0, this.length));
    this.text = grown;
  }

  /** Takes one token outside rows; says no when its end is not here yet. */
  #step(final: boolean): boolean {
    const { bytes, start } = this.window;
    const byte = bytes[start + this.#at];
    if (byte === newline) this.#break(this.#at);
    if (byte === 32 || byte === newline || byte === 13 || byte === 9) return this.#moved(1);
    if (effects[byte] === opens) return this.#open(byte === 0x5b);
    if (effects[byte] === closes) this.#guard(this.#at, () => this.#envelope.closes(byte === 0x5d));
    else if (byte === 0x2c) this.#guard(this.#at, () => this.#envelope.comma());
    else if (byte === 0x3a) this.#guard(this.#at, () => this.#envelope.colon());
    else return this.#scalar(final);
    return this.#moved(1);
  }

  #moved(by: number): true {
    this.#at += by;
    return true;
  }

  #open(array: boolean): true {
    const isRow = this.#guard(this.#at, () => this.#envelope.opens(array));
    if (isRow) {
      this.#rowAt = this.#at;
      this.#rowLine = this.#line;
      this.#rowLineStart = this.#lineStart;
      this.#depth = 1;
    }
    return this.#moved(1);
  }

  /** Takes a key, text, number or word. */
  #scalar(final: boolean): boolean {
    const length = this.#scalarLength(final);
    if (length === 0) return false;
    const at = this.#at;
    const value = this.#parseScalar(at, at + length);
    this.#guard(at, () => {
      if (typeof value === "string" && this.#envelope.wantsKey) this.#envelope.takesKey(value);
      else this.#envelope.scalar(nameOf(value));
    });
    return this.#moved(length);
  }

  #parseScalar(from: number, to: number): Value {
    try {
      return parseJson(this.#slice(from, to));
    } catch {
      throw this.explain(from, to, this.#envelope.pointer);
    }
  }

  /** Length of the scalar that begins here; 0 while its end is not here. */
  #scalarLength(final: boolean): number {
    const { bytes, start, end } = this.window;
    const from = start + this.#at;
    let at = from + 1;
    if (bytes[from] === quote) {
      while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
      at++;
    } else while (at < end && ends[bytes[at]] === 0) at++;
    if (at < end || (at === end && bytes[from] === quote)) return at - from;
    return final ? end - from : 0;
  }

  #guard<T>(at: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      if (error.whole) throw badInput(error.what, fileOf(this.window.file));
      throw badInput(error.what, { ...this.window.place(at), pointer: this.#envelope.pointer });
    }
  }
}

/** Finds the first byte that has an effect. */
function skip(bytes: Uint8Array, from: number, end: number, effects: Uint8Array): number {
  let at = from;
  while (at < end && effects[bytes[at]] === 0) at++;
  return at;
}
