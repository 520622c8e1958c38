/** The lines at the head of git's commits and tags, and the text below them, ↔ bytes, each byte kept. */
import { badInput, utf8, type Place, joinBytes } from "@sheaf/core";

/** One line, or one with the lines that go on from it: `name value`. */
export interface Field {
  /** What stands before the first space; one character per byte. */
  readonly name: string;
  /** What stands behind it; line feeds inside it are written as a line feed and a space. Absent when there is no space. */
  readonly value?: Uint8Array;
}

export interface Headed {
  readonly fields: readonly Field[];
  /** What stands below the empty line; absent when there is no empty line. */
  readonly message?: Uint8Array;
}

const lineFeed = 0x0a;
const space = 0x20;

/** Reads head and text; whatever is accepted prints back byte for byte. Throws bad-input for a head that holds NUL, is cut off or begins with a space. */
export function parseHeaded(body: Uint8Array, place: Place = {}): Headed {
  const fields: Field[] = [];
  let at = 0;
  while (at < body.length && body[at] !== lineFeed) {
    const end = fieldEnd(body, at);
    if (end < 0) throw badInput("the head of the git object is cut off", place);
    if (body[at] === space) throw badInput("the head of the git object begins with a space", place);
    const field = body.subarray(at, end);
    if (field.includes(0)) throw badInput("the head of the git object holds a NUL", place);
    fields.push(parseField(field));
    at = end + 1;
  }
  return at < body.length ? { fields, message: body.subarray(at + 1) } : { fields };
}

/** Prints head and text. The names must hold no space and no line break. */
export function printHeaded({ fields, message }: Headed): Uint8Array {
  const parts = fields.flatMap(printField);
  if (message) parts.push(Uint8Array.of(lineFeed), message);
  return joinBytes(parts);
}

/** Makes a field of text. */
export function textField(name: string, value: string): Field {
  return { name, value: utf8(value) };
}

/** Where the line feed of the field's last line stands; -1 when there is none. */
function fieldEnd(body: Uint8Array, from: number): number {
  let end = body.indexOf(lineFeed, from);
  while (end >= 0 && body[end + 1] === space) end = body.indexOf(lineFeed, end + 1);
  return end;
}

function parseField(bytes: Uint8Array): Field {
  const gap = bytes.indexOf(space);
  const name = Array.from(gap < 0 ? bytes : bytes.subarray(0, gap), byte => String.fromCharCode(byte)).join("");
  if (gap < 0) return { name };
  const value = bytes.subarray(gap + 1);
  return { name, value: value.filter((byte, i) => byte !== space || value[i - 1] !== lineFeed) };
}

function printField({ name, value }: Field): Uint8Array[] {
  const head = Uint8Array.from(name, character => character.charCodeAt(0));
  if (!value) return [head, Uint8Array.of(lineFeed)];
  const breaks = value.reduce((count, byte) => (byte === lineFeed ? count + 1 : count), 0);
  const lines = new Uint8Array(value.length + breaks);
  let at = 0;
  for (const byte of value) {
    lines[at++] = byte;
    if (byte === lineFeed) lines[at++] = space;
  }
  return [head, Uint8Array.of(space), lines, Uint8Array.of(lineFeed)];
}
