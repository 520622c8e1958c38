/** What goes back and forth between the thread that imports and the one that encodes: parcels whose memory changes hands and is used again. */
import {
  isSheafError,
  SheafError,
  type ErrorCode,
  type ErrorData,
  type ItemBatch,
  type LineOptions,
} from "@sheaf/core";

/** To the encoding thread: a text begins, or some more of it (all of it, with `isLast`). */
export type Request =
  { readonly begin: LineOptions } | { readonly parcel: Parcel; readonly length: number; readonly isLast: boolean };

/** From the encoding thread: a parcel filled with `count` rows, and what was wrong with the line after them. */
export interface Answer {
  readonly parcel: Parcel;
  readonly count: number;
  readonly flaw?: Flaw;
}

/** An error that outlives the way between threads. */
export type Flaw = { readonly code: ErrorCode; readonly data: ErrorData[ErrorCode]; readonly message: string } | Error;

/** Memory for a piece of text and for what becomes of it. Rows as in a batch. */
export interface Parcel {
  text: Uint8Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  starts: Uint32Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
  lines: Uint32Array<ArrayBuffer>;
  digests: Uint8Array<ArrayBuffer>;
}

/** A parcel without room: both sides make room as they need it. */
export function emptyParcel(): Parcel {
  return {
    text: new Uint8Array(0),
    bytes: new Uint8Array(0),
    starts: new Uint32Array(0),
    ends: new Uint32Array(0),
    lines: new Uint32Array(0),
    digests: new Uint8Array(0),
  };
}

/** The memory that changes hands when the parcel is sent. */
export function memoryOf({ text, bytes, starts, ends, lines, digests }: Parcel): ArrayBuffer[] {
  return [text.buffer, bytes.buffer, starts.buffer, ends.buffer, lines.buffer, digests.buffer];
}

/** Puts text into the parcel. */
export function fillText(parcel: Parcel, text: Uint8Array): void {
  if (parcel.text.length < text.length) parcel.text = new Uint8Array(text.length);
  parcel.text.set(text);
}

/** Adds a batch to the `count` rows, of `length` bytes, that the parcel holds. */
export function addRows(parcel: Parcel, count: number, length: number, batch: ItemBatch): void {
  makeRoom(parcel, count + batch.count, length + batch.bytes.length);
  parcel.bytes.set(batch.bytes, length);
  parcel.lines.set(batch.lines, count);
  for (let i = 0; i < batch.count; i++) {
    parcel.starts[count + i] = length + batch.starts[i];
    parcel.ends[count + i] = length + batch.ends[i];
  }
}

/** The first `count` rows of a parcel, as views. */
export function rowsOf({ bytes, starts, ends, lines, digests }: Parcel, count: number): ItemBatch {
  return {
    bytes: bytes.subarray(0, count > 0 ? ends[count - 1] : 0),
    count,
    starts: starts.subarray(0, count),
    ends: ends.subarray(0, count),
    lines: lines.subarray(0, count),
    digests: digests.subarray(0, count * 32),
  };
}

function makeRoom(parcel: Parcel, rows: number, length: number): void {
  if (parcel.bytes.length < length) {
    const { bytes } = parcel;
    parcel.bytes = new Uint8Array(Math.max(length, bytes.length * 2));
    parcel.bytes.set(bytes);
  }
  if (parcel.starts.length >= rows) return;
  const { starts, ends, lines } = parcel;
  const room = Math.max(rows, starts.length * 2);
  [parcel.starts, parcel.ends, parcel.lines] = [starts, ends, lines].map(old => {
    const grown = new Uint32Array(room);
    grown.set(old);
    return grown;
  }) as [Parcel["starts"], Parcel["ends"], Parcel["lines"]];
  // Digests are written last, when all rows of the parcel are there.
  parcel.digests = new Uint8Array(room * 32);
}

/** Makes an error ready for the way. */
export function toFlaw(error: unknown): Flaw {
  if (isSheafError(error)) return { code: error.code, data: error.data, message: error.message };
  return error instanceof Error ? error : new Error(String(error));
}

/** The error as it was thrown on the other side. */
export function fromFlaw(flaw: Flaw): Error {
  return flaw instanceof Error ? flaw : new SheafError(flaw.code, flaw.data, flaw.message);
}
