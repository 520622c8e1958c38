/** Reads a whole pack in the order in which it rests, and proves every block. */
import { entryWords } from "./pack-format.js";
import type { Pack } from "./pack.js";
import { wordAt } from "./pack-index.js";

/** Frames read together, in bytes at rest. */
const maxRead = 1 << 20;

/** One block of the walk. */
export interface Walked {
  /** Good until the next step; `undefined` when what rests there is not the block. */
  readonly bytes: Uint8Array | undefined;
  /** The digest, in memory that the next step uses again; of a damaged block the first 8 bytes. */
  readonly digest: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/**
 * Yields every block that `wants` claims, by its first 8 bytes of digest; all of them without it.
 *
 * Ends early with nothing more when the pack goes meanwhile: look at the count. Throws corrupt-block when the index does not match its check.
 */
export async function* walkPack(pack: Pack, wants?: (digest: Uint8Array) => boolean): AsyncGenerator<Walked> {
  const entries = await pack.readEntries();
  if (!entries) return;
  const order = orderByOffset(entries, wants);
  const digest = new Uint8Array(32);
  let from = 0;
  while (from < order.length) {
    const first = pack.frameOf(entries[order[from] * entryWords + 2]);
    const end = lastTogether(pack, first);
    const frames = await readFrames(pack, first, end);
    if (!frames) return;
    for (; from < order.length; from++) {
      const at = order[from] * entryWords;
      const offset = entries[at + 2];
      const frame = pack.frameOf(offset);
      if (frame > end) break;
      const begin = offset - pack.frameOffset(frame);
      const bytes = frames[frame - first].subarray(begin, begin + entries[at + 3]);
      pack.context.platform.digestInto(bytes, digest, 0);
      const isProven =
        wordAt(digest, 0) === entries[at] && wordAt(digest, 4) === entries[at + 1] && bytes.length === entries[at + 3];
      if (!isProven) writePrefix(digest, entries[at], entries[at + 1]);
      yield { bytes: isProven ? bytes : undefined, digest, offset, length: entries[at + 3] };
    }
  }
}

/** Numbers of the wanted entries, by offset. */
function orderByOffset(entries: Uint32Array, wants: ((digest: Uint8Array) => boolean) | undefined): Uint32Array {
  const count = entries.length / entryWords;
  const prefix = new Uint8Array(32);
  // An offset and a number fit the 53 bits of a float: both sort at once.
  const keys = new Float64Array(count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (wants) writePrefix(prefix, entries[i * entryWords], entries[i * entryWords + 1]);
    if (!wants || wants(prefix)) keys[kept++] = entries[i * entryWords + 2] * 2 ** 21 + (i & 0x1f_ffff);
  }
  const sorted = keys.subarray(0, kept).sort();
  return count <= 2 ** 21 ? Uint32Array.from(sorted, key => key % 2 ** 21) : orderSlowly(entries, wants, prefix);
}

/** For packs larger than Sheaf makes them. */
function orderSlowly(
  entries: Uint32Array,
  wants: ((digest: Uint8Array) => boolean) | undefined,
  prefix: Uint8Array,
): Uint32Array {
  const numbers: number[] = [];
  for (let i = 0; i < entries.length / entryWords; i++) {
    writePrefix(prefix, entries[i * entryWords], entries[i * entryWords + 1]);
    if (!wants || wants(prefix)) numbers.push(i);
  }
  return Uint32Array.from(numbers.sort((a, b) => entries[a * entryWords + 2] - entries[b * entryWords + 2]));
}

function writePrefix(out: Uint8Array, high: number, low: number): void {
  for (let i = 0; i < 4; i++) {
    out[i] = high >>> (24 - 8 * i);
    out[4 + i] = low >>> (24 - 8 * i);
  }
}

/** The last frame that is read together with the first. */
function lastTogether(pack: Pack, first: number): number {
  const { start } = pack.frameSpan(first);
  let last = first;
  while (last + 1 < pack.frames && pack.frameSpan(last + 1).end - start <= maxRead) last++;
  return last;
}

async function readFrames(pack: Pack, first: number, last: number): Promise<Uint8Array[] | undefined> {
  const { start } = pack.frameSpan(first);
  const bytes = await pack.context.drive.read(pack.name, { start, end: pack.frameSpan(last).end });
  if (!bytes) return undefined;
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const span = pack.frameSpan(first + i);
    return pack.inflate(first + i, bytes.subarray(span.start - start, span.end - start));
  });
}
