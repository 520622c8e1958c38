/** Goes through a pack once, from front to back: where its entries stand, and the names of those that are whole. */
import type { Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import type { PackContent } from "./content.js";
import { badPack, headBytes, maxEntryHead, parseEntryHead, type EntryHead } from "./entry.js";
import { mostInflated } from "./limits.js";
import { Window } from "./window.js";

/** Entries between two looks at whether anybody still waits. */
const watchEvery = 256;

/** What a scan found that is left to settle. */
export interface Scanned {
  /** Differences by the name of what they are from. */
  readonly byBase: Map<Oid, number[]>;
  /** Bytes of all whole objects. */
  readonly bytes: number;
}

/**
 * Fills in where entries stand, the types and names of whole objects, and which entry another is a difference from.
 *
 * Throws bad-input when an entry is damaged, says that it is larger than it can be or than is taken, or the pack ends elsewhere than its last entry.
 *
 * @param end where the entries end: the trailer stands there
 */
export async function scan(content: PackContent, end: number, { signal, progress }: Watch): Promise<Scanned> {
  const { count, offsets, platform, oids, types } = content;
  const window = new Window(content.scratch, end);
  const byBase = new Map<Oid, number[]>();
  let bytes = 0;
  offsets[0] = headBytes;
  for (let index = 0; index < count; index++) {
    if (index % watchEvery === 0) {
      signal?.throwIfAborted();
      progress?.({ phase: "checking", done: index, total: count, unit: "objects" });
    }
    const { head, body, next } = await readEntry(content, window, offsets[index]);
    offsets[index + 1] = next;
    if ("type" in head.kind) {
      types[index] = head.kind.type;
      oids.set(index, oidOf(platform, head.kind.type, body));
      bytes += body.length;
    } else if ("back" in head.kind) content.bases[index] = entryAt(offsets, index, offsets[index] - head.kind.back);
    else gather(byBase, head.kind.base, index);
  }
  if (offsets[count] !== end) throw badPack(`holds ${end - offsets[count]} bytes behind its last object`);
  return { byBase, bytes };
}

function gather(byBase: Map<Oid, number[]>, base: Oid, index: number): void {
  const entries = byBase.get(base);
  if (entries) entries.push(index);
  else byBase.set(base, [index]);
}

async function readEntry(content: PackContent, window: Window, at: number) {
  const { platform, limits } = content;
  const start = await window.reach(at, maxEntryHead);
  const head = parseEntryHead(window.bytes, start);
  checkSize(head, window.end - at, limits.maxObjectBytes);
  let from = start;
  let length = Math.max(maxEntryHead, window.ahead(start));
  for (;;) {
    const inflated = inflate(platform, window.bytes, from + head.end - start, head.size, at);
    if (inflated) return { head, body: inflated.body, next: at + inflated.end - from };
    if (length >= window.end - at) throw badPack("is cut off");
    length = Math.max(2 * length, Math.min(head.size, 2 ** 26));
    from = await window.reach(at, length);
  }
}

function inflate(platform: PackContent["platform"], bytes: Uint8Array, from: number, size: number, at: number) {
  try {
    return platform.inflate(bytes, from, size);
  } catch (cause) {
    throw badPack(`is damaged at byte ${at}: ${(cause as Error).message}`, { cause });
  }
}

function checkSize({ size }: EntryHead, left: number, most: number): void {
  if (size > most) throw badPack(`holds an object of ${size} bytes, more than the ${most} that are taken`);
  if (size > left * mostInflated) throw badPack(`says that an object has ${size} bytes, more than it can hold`);
}

/** The entry, before `index`, that begins at this offset. */
function entryAt(offsets: Float64Array, index: number, offset: number): number {
  let low = 0;
  let high = index;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle] < offset) low = middle + 1;
    else high = middle;
  }
  if (low >= index || offsets[low] !== offset) throw badPack("holds a difference from what is no object");
  return low;
}
