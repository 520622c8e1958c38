/** Reads many blocks with few reads: sorts them by where they rest, and reads neighbours together. */
import type { Digest } from "../block/cid.js";
import type { Awaitable } from "../platform.js";
import type { Pack } from "./pack.js";
import type { Location } from "./pack-index.js";

/** The most bytes that one read brings. */
const maxRun = 1 << 20;
/** Bytes that are read for nothing rather than read anew: about what a second read costs. */
const maxGap = 32_768;
/** Reads under way at once, where a drive takes time. */
const atOnce = 8;
/** For so many blocks a large pack's entries are worth having in memory. */
const manyBlocks = 256;

/** One block that is wanted, and what has to be read for it: itself, or its compressed frame. */
interface Wanted {
  readonly index: number;
  readonly pack: Pack;
  readonly location: Location;
  /** The compressed frame, or −1. */
  readonly frame: number;
  readonly start: number;
  readonly end: number;
}

interface Run {
  readonly pack: Pack;
  readonly first: number;
  readonly start: number;
  last: number;
  end: number;
}

/** The blocks in the order of the digests, not yet proven; `undefined` where one was not found. */
export async function scanPacks(
  packs: readonly Pack[],
  digests: readonly Digest[],
): Promise<(Uint8Array | undefined)[]> {
  if (digests.length >= manyBlocks) for (const pack of packs) await pack.loadEntries();
  const wanted: Wanted[] = [];
  let last: Wanted | undefined;
  for (let index = 0; index < digests.length; index++) {
    // What is read together was mostly written together: the pack of the one before comes first.
    const found =
      (last && findNow([last.pack], digests[index], index)) ??
      findNow(packs, digests[index], index) ??
      (await find(packs, digests[index], index));
    if (found) wanted.push((last = found));
  }
  if (!isSorted(wanted)) wanted.sort((a, b) => a.pack.id - b.pack.id || a.start - b.start);
  const blocks = new Array<Uint8Array | undefined>(digests.length);
  const runs = toRuns(wanted);
  for (let i = 0; i < runs.length; i += atOnce) await readRuns(runs.slice(i, i + atOnce), wanted, blocks);
  return blocks;
}

function findNow(packs: readonly Pack[], digest: Digest, index: number): Wanted | undefined {
  for (const pack of packs) {
    if (!pack.isReady) return undefined;
    const location = pack.findNow(digest, 0);
    if (location) return want(pack, location, index);
  }
  return undefined;
}

async function find(packs: readonly Pack[], digest: Digest, index: number): Promise<Wanted | undefined> {
  for (const pack of packs) {
    const location = await pack.find(digest);
    if (location) return want(pack, location, index);
  }
  return undefined;
}

function want(pack: Pack, location: Location, index: number): Wanted {
  const { offset, length } = location;
  const frame = pack.trailer.isPlain ? -1 : pack.frameOf(offset);
  if (frame >= 0 && !pack.isFramePlain(frame)) return { index, pack, location, frame, ...pack.frameSpan(frame) };
  const start = pack.placeOf(offset, frame);
  return { index, pack, location, frame: -1, start, end: start + length };
}

function isSorted(wanted: readonly Wanted[]): boolean {
  for (let i = 1; i < wanted.length; i++) {
    const a = wanted[i - 1];
    const b = wanted[i];
    if (a.pack !== b.pack || a.start > b.start) return false;
  }
  return true;
}

function toRuns(wanted: readonly Wanted[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  for (let i = 0; i < wanted.length; i++) {
    const { pack, start, end } = wanted[i];
    if (run && run.pack === pack && start - run.end <= maxGap && end - run.start <= maxRun) {
      run.last = i;
      run.end = Math.max(run.end, end);
    } else runs.push((run = { pack, first: i, start, last: i, end }));
  }
  return runs;
}

async function readRuns(
  runs: readonly Run[],
  wanted: readonly Wanted[],
  blocks: (Uint8Array | undefined)[],
): Promise<void> {
  const reads: Awaitable<Uint8Array | undefined>[] = runs.map(({ pack, start, end }) =>
    pack.context.drive.read(pack.name, { start, end }),
  );
  for (let i = 0; i < runs.length; i++) {
    const read = reads[i];
    const bytes = read instanceof Promise ? await read : read;
    if (bytes) cut(runs[i], bytes, wanted, blocks);
  }
}

function cut(run: Run, bytes: Uint8Array, wanted: readonly Wanted[], blocks: (Uint8Array | undefined)[]): void {
  for (let i = run.first; i <= run.last; i++) {
    const { index, pack, location, frame, start, end } = wanted[i];
    const { offset, length } = location;
    if (frame < 0) blocks[index] = bytes.subarray(start - run.start, end - run.start);
    else {
      const from = offset - pack.frameOffset(frame);
      const unpacked = pack.unpack(frame, bytes.subarray(start - run.start, end - run.start));
      blocks[index] = unpacked.subarray(from, from + length);
    }
  }
}
