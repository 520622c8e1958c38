/**
 * The kernel: WebAssembly that turns JSON text into blocks and back, several times faster than JavaScript can.
 *
 * It is a shortcut, never an authority: it refuses whatever it is not sure of, and the reference (`json.ts`, `cbor.ts`) does that again. Where WebAssembly
 * with SIMD is missing there is no kernel, and the reference serves alone. Its source is `packages/core/kernel`.
 */
import { kernelBytes } from "./kernel-bytes.js";
import { NumberRefusal, parseNumber, printFloat } from "./number.js";
import { Float } from "./value.js";

interface Exports {
  readonly memory: WebAssembly.Memory;
  /** Where the results of the last call lie. */
  readonly ENCODED: WebAssembly.Global;
  readonly PRINTED: WebAssembly.Global;
  prepareEncode(out: number, scratch: number, records: number, recordsEnd: number): void;
  encodeLines(
    from: number,
    end: number,
    maxRows: number,
    starts: number,
    ends: number,
    lines: number,
    refused: number,
    plain: boolean,
  ): number;
  encodeText(from: number, end: number, plain: boolean): number;
  printBlocks(
    bounds: number,
    count: number,
    out: number,
    scratch: number,
    records: number,
    recordsEnd: number,
    ends: number,
    form: number,
  ): void;
  prepareShapes(steps: number, stepsEnd: number, keys: number, keysEnd: number): void;
  areShapesCrowded(): boolean;
  viewBlocks(
    bounds: number,
    count: number,
    tape: number,
    numbers: number,
    pieces: number,
    texts: number,
    tokens: number,
    cuts: number,
  ): void;
}

/** Rows in one call: the tables of a call have this many places. */
export const maxRows = 32768;
const tableBytes = maxRows * 4 + 4;
/** Entries of open objects that the kernel remembers; an object with more goes to the reference. */
const maxRecords = 65536;
/** Behind each area, so that it may read and write sixteen bytes at once. */
export const slack = 64;
const tablesAt = 16384;
/** Room for what the kernel keeps track of: records of open objects, or shapes. */
export const recordsAt = tablesAt + 4 * tableBytes + slack;
export const recordsEnd = recordsAt + maxRecords * 24;
/** Where the input begins; output and scratch follow behind its capacity. */
export const inputAt = recordsEnd + slack;
const pageBytes = 65536;

/** One kernel with memory of its own. What lies in its memory holds until the next call. */
export class Kernel {
  readonly exports: Exports;
  /** All of the memory; another array after each {@link reserve}. */
  bytes: Uint8Array;
  words: Uint32Array;
  /** Bytes of input that fit, and where output goes. */
  capacity = 0;
  outputAt = 0;
  /** What the last call made: where output ends; rows or blocks refused; for lines, rows and lines passed. */
  outputEnd = 0;
  refused = 0;
  rows = 0;
  lines = 0;
  /** Whether what was printed last holds an integer that a JavaScript number cannot, and whether attributes were left out. */
  wide = false;
  leftOut = false;
  readonly #encoded: number;
  readonly #printed: number;
  #scratchAt = 0;
  readonly #growth: number;

  /** @param growth  bytes of output that one byte of input can become at most */
  constructor(module: WebAssembly.Module, growth: number) {
    const js = {
      parseFloat64: (from: number, end: number) => readFloat(this.bytes, from, end),
      printFloat64: (n: number, at: number) => writeAscii(printFloat(n), this.bytes, at),
    };
    this.exports = new WebAssembly.Instance(module, { js, env: { abort } }).exports as unknown as Exports;
    this.bytes = new Uint8Array(this.exports.memory.buffer);
    this.words = new Uint32Array(this.exports.memory.buffer);
    this.#growth = growth;
    this.#encoded = Number(this.exports.ENCODED.value) >> 2;
    this.#printed = Number(this.exports.PRINTED.value) >> 2;
  }

  /** Makes room for so many bytes of input, keeping what lies there. Throws a RangeError when memory does not suffice. */
  reserve(input: number): void {
    if (input <= this.capacity) return;
    const output = input * this.#growth + slack;
    this.outputAt = align(inputAt + input + slack);
    this.#scratchAt = align(this.outputAt + output);
    const missing = this.#scratchAt + output + slack - this.bytes.length;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / pageBytes));
    this.bytes = new Uint8Array(this.exports.memory.buffer);
    this.words = new Uint32Array(this.exports.memory.buffer);
    this.capacity = input;
  }

  /** Table `i` of 0 to 3, as many places as rows. */
  table(i: number, length: number): Uint32Array {
    const at = (tablesAt + i * tableBytes) >> 2;
    return this.words.subarray(at, at + length);
  }

  /** Where table `i` begins. */
  tableAt(i: number): number {
    return tablesAt + i * tableBytes;
  }

  #prepare(): void {
    this.exports.prepareEncode(this.outputAt, this.#scratchAt, recordsAt, recordsEnd);
  }

  /** Encodes the lines of the input from `from` up to `end`, where a line break is put; gives where the next line begins. Tables: starts, ends, lines, refused. */
  encodeLines(from: number, end: number, plain: boolean): number {
    this.bytes[end] = 0x0a;
    this.#prepare();
    const [starts, ends, lines, refused] = [this.tableAt(0), this.tableAt(1), this.tableAt(2), this.tableAt(3)];
    const next = this.exports.encodeLines(from, end, maxRows, starts, ends, lines, refused, plain);
    const at = this.#encoded;
    this.rows = this.words[at];
    this.lines = this.words[at + 1];
    this.refused = this.words[at + 2];
    this.outputEnd = this.words[at + 3];
    return next;
  }

  /** Encodes the one object in the input; gives the end of its block, 0 when refused. */
  encodeText(length: number, plain: boolean): number {
    this.bytes[inputAt + length] = 0;
    this.#prepare();
    return this.exports.encodeText(inputAt, inputAt + length, plain);
  }

  /** Prints the blocks that table 0 bounds; table 1 gets the ends of lines. */
  printBlocks(count: number, form: number): void {
    const [bounds, ends] = [this.tableAt(0), this.tableAt(1)];
    this.exports.printBlocks(bounds, count, this.outputAt, this.#scratchAt, recordsAt, recordsEnd, ends, form);
    const at = this.#printed;
    this.outputEnd = this.words[at];
    this.refused = this.words[at + 1];
    this.wide = this.words[at + 2] !== 0;
    this.leftOut = this.words[at + 3] !== 0;
  }

  /** Prints one block, which must fit. */
  printBlock(block: Uint8Array, form: number): void {
    this.bytes.set(block, inputAt);
    this.words[tablesAt >> 2] = inputAt;
    this.words[(tablesAt >> 2) + 1] = inputAt + block.length;
    this.printBlocks(1, form);
  }
}

function align(at: number): number {
  return Math.ceil(at / 16) * 16;
}

function abort(): never {
  throw new Error("the kernel stopped; this is a bug in Sheaf");
}

function readFloat(bytes: Uint8Array, from: number, end: number): number {
  const value = parseNumber(String.fromCharCode.apply(null, bytes.subarray(from, end) as unknown as number[]));
  if (value instanceof NumberRefusal) return NaN;
  return value instanceof Float ? value.value : Number(value);
}

function writeAscii(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return text.length;
}

let compiled: WebAssembly.Module | undefined;

/** Opens a kernel; `undefined` where this platform has none, or memory for it is missing. */
export function openKernel(growth: number): Kernel | undefined {
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), letter => letter.charCodeAt(0)));
    return new Kernel(compiled, growth);
  } catch {
    return undefined;
  }
}

/** Blocks are at most three times as long as their text: `-0` becomes a float. */
export const encodeGrowth = 3;
/** Text is at most six times as long as its block (a control character), with some more for each row. */
export const printGrowth = 6;
