/**
 * The part of garbage collection that needs no walk over the refs: packs whose blocks a repack has moved, once no reader can be in the middle of one.
 */
import type { BlockStore } from "./blocks.js";
import { readVerdicts } from "./condemned.js";
import { entryWords } from "./pack-format.js";
import type { Pack } from "./pack.js";

/** How long packs that a repack has replaced are kept for readers who have just looked them up: a minute. Whoever comes too late lists again. */
export const defaultReplacedGraceMs = 60_000;

/** Removes packs that were replaced a grace ago or more and whose every block stands in another one; leaves the rest to gc. */
export async function dropReplaced(store: BlockStore, graceMs = defaultReplacedGraceMs): Promise<void> {
  const now = store.platform.now();
  const verdicts = await readVerdicts(store.drive, new Map());
  for (const [verdict, { time, why, packs }] of verdicts) {
    if (why !== "replaced" || time + graceMs > now) continue;
    const here = store.shelf.packs.filter(({ name }) => packs.includes(name));
    const left = await dropStandingElsewhere(store, here);
    if (left === 0) await store.drive.remove(verdict);
  }
}

/** Removes those of the packs whose every block stands in another one, and counts the others. */
async function dropStandingElsewhere(store: BlockStore, packs: readonly Pack[]): Promise<number> {
  const standing = store.shelf.standing;
  for (const pack of standing) await pack.loadEntries();
  let left = 0;
  for (const pack of packs) {
    const isNeeded = await somePrefix(pack, digest => !standing.some(other => other.findNow(digest, 0)));
    if (isNeeded) left++;
    else await store.drive.remove(pack.name);
  }
  return left;
}

/** Says whether the claim holds for a digest of the pack, given by its first 8 bytes. */
export async function somePrefix(pack: Pack, claim: (digest: Uint8Array) => boolean): Promise<boolean> {
  const entries = (await pack.readEntries()) ?? new Uint32Array(0);
  const prefix = new Uint8Array(8);
  for (let at = 0; at < entries.length; at += entryWords) {
    for (let i = 0; i < 4; i++) {
      prefix[i] = entries[at] >>> (24 - 8 * i);
      prefix[4 + i] = entries[at + 1] >>> (24 - 8 * i);
    }
    if (claim(prefix)) return true;
  }
  return false;
}
