/** A stretch of a byte stream: chunks are put in at the end and taken out at the front, and what is between lies in one piece. */
import type { Place } from "@sheaf/core";
import { countUnits } from "./characters.js";
import { fileOf } from "./places.js";

const newline = 10;

/** The stretch is `bytes` from `start` to `end`; all three change with {@link append}, so keep offsets from `start`. */
export class Window {
  bytes = new Uint8Array(2 ** 16);
  start = 0;
  end = 0;
  /** Line of the first byte, from 1, and the UTF-16 units that stand before it on that line. */
  line = 1;
  #column = 0;

  constructor(readonly file: string | undefined) {}

  get length(): number {
    return this.end - this.start;
  }

  /** Takes a copy of the chunk. */
  append(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.bytes.length) this.#makeRoom(chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Forgets the first `count` bytes. `line` is that of the byte after them, `lineStart` the offset at which it begins; 0 or less: not in them. */
  drop(count: number, line: number, lineStart: number): void {
    const units = countUnits(this.bytes.subarray(this.start + Math.max(lineStart, 0), this.start + count));
    this.#column = lineStart > 0 ? units : this.#column + units;
    this.line = line;
    this.start += count;
    if (this.start === this.end) this.start = this.end = 0;
  }

  /** Gives line and column of a byte, by its offset from `start`. */
  place(offset: number): Place {
    const before = this.bytes.subarray(this.start, this.start + offset);
    const last = before.lastIndexOf(newline);
    const column = last < 0 ? this.#column + countUnits(before) : countUnits(before.subarray(last + 1));
    let line = this.line;
    for (let at = before.indexOf(newline); at >= 0; at = before.indexOf(newline, at + 1)) line++;
    return { ...fileOf(this.file), line, column: column + 1 };
  }

  #makeRoom(more: number): void {
    const { bytes, length } = this;
    const target = 2 * (length + more) <= bytes.length ? bytes : new Uint8Array(2 * (length + more));
    target.set(bytes.subarray(this.start, this.end));
    this.bytes = target;
    this.start = 0;
    this.end = length;
  }
}
