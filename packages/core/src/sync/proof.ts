/**
 * Proves that blocks which a stranger sent mean what they should in the places where they stand (`meaning.ts`).
 *
 * Looks into all that came, and one step beyond: a block that was here already is checked to fit its new place, and believed in all that is below it. So the
 * cost follows the push.
 */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { badInput, isSheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { printItem } from "../item/text.js";
import { DigestSet } from "../store/digest-set.js";
import { loadSome } from "../store/some.js";
import { Marks } from "./marks.js";
import { placesBelow, type Place, type Role } from "./meaning.js";

/** What is known of a block that came. */
const arrived = { item: 0, block: 1 };

/** What came. */
export class Arrivals {
  readonly #marks = new Marks();

  /** Takes note of a block while its bytes are at hand: most are items, which need no second look then. */
  add(digest: Digest, bytes: Uint8Array): void {
    this.#marks.add(digest, 0, bytes[0] >> 5 === 5 && isItem(bytes) ? arrived.item : arrived.block);
  }

  has(digest: Digest): boolean {
    return this.#marks.holds(digest, 0, arrived.block);
  }

  hasItem(digest: Digest): boolean {
    return this.#marks.holds(digest, 0, arrived.item);
  }
}

function isItem(bytes: Uint8Array): boolean {
  try {
    printItem(bytes);
    return true;
  } catch (error) {
    if (isSheafError(error)) return false;
    throw error;
  }
}

/** Blocks read together. */
const together = 128;

/** Walks what came, from the commits and tags that refs are to name. Throws bad-input for the first block that does not fit; what is not here is passed over. */
export async function proveMeaning(
  reader: BlockReader,
  platform: Platform,
  wants: readonly Digest[],
  arrivals: Arrivals,
  signal?: AbortSignal,
): Promise<void> {
  const walked = new Map<Role, DigestSet>();
  const open: Place[] = wants.map(digest => ({ role: "tag", digest }));
  while (open.length > 0) {
    signal?.throwIfAborted();
    const some = open.splice(-together).filter(({ role, digest }) => role !== "item" || !arrivals.hasItem(digest));
    const blocks = await loadSome(
      reader,
      some.map(({ digest }) => digest),
    );
    for (const [i, place] of some.entries()) {
      const bytes = blocks[i];
      if (bytes === undefined) continue;
      const below = fitted(place, bytes);
      if (arrivals.has(place.digest) && isNew(walked, place)) open.push(...below);
    }
    await platform.pause();
  }
}

function isNew(walked: Map<Role, DigestSet>, { role, digest }: Place): boolean {
  let seen = walked.get(role);
  if (!seen) walked.set(role, (seen = new DigestSet()));
  return seen.add(digest) >= 0;
}

/** What is below a block that fits. */
function fitted(place: Place, bytes: Uint8Array): Place[] {
  try {
    return placesBelow(place, bytes);
  } catch (error) {
    if (!isSheafError(error)) throw error;
    throw badInput(`what was pushed is not what Sheaf writes: ${error.message.replace("; run sheaf verify", "")}`);
  }
}
