/** A frame of a pack while it is being filled with blocks. */
import type { Codec } from "../platform.js";

export interface Filling {
  readonly codec: Codec;
  readonly capacity: number;
  readonly gain: number;
  readonly share: number;
  bytes: Uint8Array;
  length: number;
  members: number[];
}

/** A frame without blocks and, so far, without memory. */
export function openFilling(codec: Codec, capacity: number, gain: number, share: number): Filling {
  return { codec, capacity, gain, share, bytes: new Uint8Array(0), length: 0, members: [] };
}

/** Copies blocks to the end; the caller notes where each of them lies. */
export function append(filling: Filling, bytes: Uint8Array): void {
  if (filling.length + bytes.length > filling.bytes.length) enlarge(filling, filling.length + bytes.length);
  filling.bytes.set(bytes, filling.length);
  filling.length += bytes.length;
}

/** Makes room: small commits never pay for a whole frame. */
function enlarge(filling: Filling, needed: number): void {
  const bytes = new Uint8Array(Math.min(filling.capacity, Math.max(needed, filling.bytes.length * 4, 4096)));
  bytes.set(filling.bytes.subarray(0, filling.length));
  filling.bytes = bytes;
}
