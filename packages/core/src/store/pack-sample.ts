/** Makes a dictionary for deflate: samples of what packs hold, which stand for what their blocks have in common. */
import { entryWords } from "./pack-format.js";
import type { Pack } from "./pack.js";
import { joinBytes } from "../text.js";

/** Bytes of a dictionary: more gains little, and slows each frame. */
const dictionaryBytes = 8192;
/** Bytes of one block that go in: what blocks have in common shows at their beginning. */
const sampleBytes = 512;
const samples = 32;

/** Samples blocks at even distances over all packs, by the order of their digests: at random, and always the same. */
export async function sampleDictionary(packs: readonly Pack[]): Promise<Uint8Array> {
  const total = packs.reduce((count, { blocks }) => count + blocks, 0);
  const step = Math.max(1, total / samples);
  const parts: Uint8Array[] = [];
  let before = 0;
  for (let next = 0; next < total; next += step) {
    let index = 0;
    before = 0;
    while (next >= before + packs[index].blocks) before += packs[index++].blocks;
    const part = await sample(packs[index], Math.floor(next - before));
    if (part) parts.push(part);
  }
  return joinBytes(parts).slice(-dictionaryBytes);
}

async function sample(pack: Pack, number: number): Promise<Uint8Array | undefined> {
  const entries = await pack.readEntries();
  if (!entries) return undefined;
  const bytes = await pack.read({
    offset: entries[number * entryWords + 2],
    length: entries[number * entryWords + 3],
    next: undefined,
  });
  return bytes?.subarray(0, sampleBytes);
}
