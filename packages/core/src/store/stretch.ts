/** A stretch of a pack: the bytes of its frames end to end, from any place on, several frames with one read. */
import type { Awaitable } from "../platform.js";
import { chain } from "./chain.js";
import type { Pack } from "./pack.js";

/**
 * Reads about `length` bytes from `offset` on, fewer at the end of the pack and where a frame is damaged; `undefined` when the pack is gone.
 *
 * They may come in `room`, where it suffices.
 */
export function readStretch(
  pack: Pack,
  offset: number,
  length: number,
  room?: Uint8Array,
): Awaitable<Uint8Array | undefined> {
  const { drive } = pack.context;
  const end = Math.min(offset + length, pack.trailer.rawBytes);
  if (end <= offset) return new Uint8Array(0);
  if (pack.trailer.isPlain) {
    const start = pack.placeOf(offset, -1);
    return drive.read(pack.name, { start, end: start + end - offset }, room);
  }
  const first = pack.frameOf(offset);
  const last = pack.frameOf(end - 1);
  const { start } = pack.frameSpan(first);
  const read = drive.read(pack.name, { start, end: pack.frameSpan(last).end });
  return chain(
    read,
    stored => stored && inflateAll(pack, first, last, stored, room).subarray(offset - pack.frameOffset(first)),
  );
}

/** What the frames hold, up to the first that is damaged. */
function inflateAll(pack: Pack, first: number, last: number, stored: Uint8Array, room?: Uint8Array): Uint8Array {
  const { start } = pack.frameSpan(first);
  if (first === last) return pack.inflate(first, stored);
  const from = pack.frameOffset(first);
  const length = pack.frameOffset(last + 1) - from;
  const bytes = room && room.length >= length ? room : new Uint8Array(length);
  for (let frame = first; frame <= last; frame++) {
    const at = pack.frameOffset(frame) - from;
    const span = pack.frameSpan(frame);
    const inflated = pack.inflate(frame, stored.subarray(span.start - start, span.end - start));
    if (inflated.length !== pack.frameOffset(frame + 1) - from - at) return bytes.subarray(0, at);
    bytes.set(inflated, at);
  }
  return bytes.subarray(0, length);
}
