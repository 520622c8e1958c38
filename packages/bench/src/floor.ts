/** The floors: what the same work costs with nothing of Sheaf in it. One thread, plain Node. */
import { hash, randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { randomFrom } from "./data.js";

const chunkBytes = 2 ** 20;
const newline = 0x0a;

/** Calls `each` with every line of a file, and `chunk` with the bytes as they were read. */
function readLines(file: string, each: (line: Buffer) => void, chunk: (bytes: Buffer) => void = () => undefined): void {
  const input = openSync(file, "r");
  const buffer = Buffer.alloc(chunkBytes);
  let rest: Buffer = Buffer.alloc(0);
  for (let count; (count = readSync(input, buffer)) > 0;) {
    const read = buffer.subarray(0, count);
    chunk(read);
    const bytes = rest.length > 0 ? Buffer.concat([rest, read]) : read;
    let start = 0;
    for (let end; (end = bytes.indexOf(newline, start)) >= 0; start = end + 1) each(bytes.subarray(start, end));
    rest = Buffer.from(bytes.subarray(start));
  }
  if (rest.length > 0) each(rest);
  closeSync(input);
}

/** Reads the lines, parses and hashes each, writes the same bytes, and makes them durable. */
export function importFloor(file: string, copy: string): void {
  const output = openSync(copy, "w");
  const parseAndHash = (line: Buffer) => {
    JSON.parse(line.toString("utf8"));
    hash("sha256", line, "latin1" as "hex");
  };
  readLines(file, parseAndHash, bytes => writeSync(output, bytes));
  fsyncSync(output);
  closeSync(output);
}

/** Reads and parses the lines; gives how many there were. */
export function scanFloor(file: string): number {
  let rows = 0;
  readLines(file, line => {
    if (typeof JSON.parse(line.toString("utf8")) === "object") rows++;
  });
  return rows;
}

/** Reads and parses the lines, and writes them anew. */
export function exportFloor(file: string, copy: string): void {
  const output = openSync(copy, "w");
  let text = "";
  readLines(file, line => {
    text += `${JSON.stringify(JSON.parse(line.toString("utf8")))}\n`;
    if (text.length < chunkBytes) return;
    writeSync(output, text);
    text = "";
  });
  writeSync(output, text);
  closeSync(output);
}

/** Reads and hashes 300 bytes at a random place, so many times. */
export function readFloor(file: string, times: number): void {
  const input = openSync(file, "r");
  const bytes = Buffer.alloc(300);
  const { size } = fstatSync(input);
  const random = randomFrom(5);
  for (let i = 0; i < times; i++) {
    readSync(input, bytes, 0, bytes.length, Math.floor(random() * (size - bytes.length)));
    hash("sha256", bytes, "latin1" as "hex");
  }
  closeSync(input);
}

/** What a commit cannot do without: one file of `bytes` and one ref, each created under another name, flushed, linked, and its folder flushed. */
export function commitFloor(folder: string, bytes: number): void {
  createDurably(folder, randomBytes(bytes));
  createDurably(folder, randomBytes(200));
}

function createDurably(folder: string, bytes: Buffer): void {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, randomBytes(8).toString("hex"));
  const file = openSync(`${name}.tmp`, "wx");
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  linkSync(`${name}.tmp`, name);
  unlinkSync(`${name}.tmp`);
  const directory = openSync(folder, "r");
  fsyncSync(directory);
  closeSync(directory);
}
