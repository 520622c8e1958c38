/** Takes in the blocks of a CAR file, each proven, and sees that what is to be named is whole. */
import type { Digest } from "../block/cid.js";
import { isSheafError } from "../errors.js";
import type { Transaction } from "../store/transaction.js";
import type { Watch } from "../watch.js";
import type { CarReader } from "./car.js";
import { copyMissing, type Passage } from "./copy.js";
import { editCodec } from "./edit-block.js";
import { takeEdit } from "./edit-taking.js";

/** Told of a block that came, or was made of an edit that came. */
export type OnBlock = (digest: Digest, bytes: Uint8Array) => void;

/** Puts all blocks, and those that edits come to, telling each to `came`; gives their number. */
export async function takeIn(
  reader: CarReader,
  to: Transaction,
  { signal, progress }: Watch,
  came: OnBlock = () => undefined,
): Promise<number> {
  let count = 0;
  for (let section = await reader.section(); section; section = await reader.section()) {
    if (section.codec === editCodec) {
      count += await takeEdit(to, section.bytes, came);
    } else {
      to.put(section.bytes);
      came(section.digest, section.bytes);
      count++;
    }
    await to.drain();
    if (count % 1024 !== 0) continue;
    signal?.throwIfAborted();
    progress?.({ phase: "reading", done: count, unit: "blocks" });
    await to.store.platform.pause();
  }
  return count;
}

/** Walks what is wanted over the blocks that came and those that were here; gives the CID of one that is missing, `undefined` when all is whole. */
export async function lackOf(
  to: Transaction,
  walk: Pick<Passage, "wants" | "haves" | "holds" | "signal">,
): Promise<string | undefined> {
  const { platform } = to.store;
  try {
    await copyMissing({ platform, near: to, far: to, giver: "near", to, ...walk });
    return undefined;
  } catch (error) {
    if (isSheafError(error, "missing-block")) return error.data.cid;
    throw error;
  }
}
