/**
 * The thread that reads a Feather file (Arrow IPC), whole, within the memory that it was given. The only file that knows flechette.
 *
 * Gets the bytes, and posts rows as JSON texts, some at a time, then that it is done; or what is wrong. Integers stay integers and floats floats; times are ISO
 * 8601 texts, bytes base64. What is not a number (NaN) is nothing, as pandas writes it. A thread of its own, as damaged files make the library ask for any
 * memory that they like.
 */
import { parentPort, workerData } from "node:worker_threads";
import * as zlib from "node:zlib";
import { CompressionType, setCompressionCodec, tableFromIPC, Type } from "@uwdata/flechette";
import { badInput, Float, printJson, setKey, type Value, type ValueObject } from "@sheaf/core";
import { readLz4 } from "./lz4.js";

/** What the thread says. */
export type FeatherMessage =
  { readonly rows: readonly string[] } | { readonly fault: string } | { readonly done: true };

/** Most bytes of all buffers when they are decompressed, and most characters of all rows as text. */
const maxBytes = 2 ** 29;
/** Rows that a byte may stand for: a column of one bit each. */
const maxRowsPerByte = 8;
const rowsAtOnce = 500;

let left = maxBytes;

function run(bytes: Uint8Array): void {
  const say = (message: FeatherMessage) => parentPort?.postMessage(message, []);
  try {
    let texts = 0;
    let rows: string[] = [];
    for (const text of rowsOf(bytes)) {
      texts += text.length;
      if (texts > maxBytes) throw badInput(`the rows are larger than ${maxBytes} bytes`);
      rows.push(text);
      if (rows.length === rowsAtOnce) {
        say({ rows });
        rows = [];
      }
    }
    say({ rows });
    say({ done: true });
  } catch (error) {
    // What the library throws of damaged data is of many kinds, a RangeError of a view among them.
    say({ fault: (error as Error).message });
  }
}

/** Each row as JSON, its members in the order of the columns. */
function* rowsOf(bytes: Uint8Array): Generator<string> {
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode: unused, decode: data => counted(readLz4(data, left)) });
  setCompressionCodec(CompressionType.ZSTD, { encode: unused, decode: data => counted(readZstd(data)) });
  const { names, numRows, children } = tableFromIPC(bytes, { useBigInt: true, useDate: true });
  if (names.length === 0 && numRows > 0) throw badInput("the file has rows and no columns");
  if (numRows > (bytes.length + maxBytes - left) * maxRowsPerByte)
    throw badInput("the file tells of more rows than it can hold");
  if (new Set(names).size < names.length) throw badInput("two columns have one name");
  const columns = children.map(column => column[Symbol.iterator]() as Iterator<unknown>);
  const keys = names.map(name => JSON.stringify(name.toWellFormed()));
  for (let row = 0; row < numRows; row++) {
    const members = columns.map((values, i) => {
      const value = valueOf(values.next().value, children[i].type.typeId === Type.Float);
      return `${keys[i]}:${printJson(value)}`;
    });
    yield `{${members.join()}}`;
  }
}

function counted(bytes: Uint8Array): Uint8Array {
  left -= bytes.length;
  return bytes;
}

function readZstd(bytes: Uint8Array): Uint8Array {
  const { zstdDecompressSync: read } = zlib as {
    zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  };
  if (!read) throw badInput("it is compressed with zstd, which needs Node 22.15 or newer; write it with lz4");
  return read(bytes, { maxOutputLength: Math.max(1, left) });
}

function unused(): never {
  throw badInput("nothing is compressed here");
}

function valueOf(value: unknown, isFloat: boolean): Value {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "number":
      return numberOf(value, isFloat);
    case "string":
      return value.toWellFormed();
    case "boolean":
      return value;
    default:
      return objectOf(value);
  }
}

function numberOf(value: number, isFloat: boolean): Value {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) && (isFloat || !Number.isSafeInteger(value)) ? new Float(value) : value;
}

function objectOf(value: object): Value {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as unknown as Iterable<unknown>, element => valueOf(element, false));
  const object: ValueObject = {};
  for (const [key, member] of Object.entries(value)) setKey(object, key.toWellFormed(), valueOf(member, false));
  return object;
}

run(workerData as Uint8Array);
