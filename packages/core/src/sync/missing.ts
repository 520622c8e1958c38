/** What one side lacks of the other, as blocks of a CAR file on their way: made as they are read. */
import { dagCbor, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { ChunkQueue } from "../store/chunk-queue.js";
import { DigestSet } from "../store/digest-set.js";
import { printBlock, printHeader } from "./car.js";
import { copyMissing, type Passage, type Receiver } from "./copy.js";
import { joinBytes } from "../text.js";

/** Bytes that wait for whoever reads before the walk rests. */
const waitingBytes = 2 ** 20;
const chunkBytes = 2 ** 16;

/** The head of a CAR file whose first root and block says what the file is for; the other roots are given. */
export function carHead(platform: Platform, block: Uint8Array, roots: readonly Digest[]): Uint8Array {
  const own = new Uint8Array(32);
  platform.digestInto(block, own, 0);
  const all = new DigestSet();
  for (const root of roots) all.add(root);
  const header = printHeader([own, ...Array.from({ length: all.size }, (_, i) => all.digest(i))]);
  return joinBytes([header, printBlock({ digest: own, codec: dagCbor, bytes: block })]);
}

/** Gives the blocks that the receiving side lacks, each once, in chunks. Whoever stops reading stops the walk. */
export async function* missingBlocks(passage: Omit<Passage, "to">): AsyncGenerator<Uint8Array> {
  const queue = new ChunkQueue();
  const copying = copyMissing({ ...passage, to: receiver(passage.platform, queue) }).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* inChunks(queue);
  } finally {
    queue.fail(new SheafError("refused", {}, "the blocks were not read to their end"));
    await copying;
  }
}

/** Blocks by the dozen: each chunk may be a write. */
async function* inChunks(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const block of blocks) {
    parts.push(block);
    length += block.length;
    if (length < chunkBytes) continue;
    yield joinBytes(parts);
    [parts, length] = [[], 0];
  }
  if (length > 0) yield joinBytes(parts);
}

function receiver(platform: Platform, queue: ChunkQueue): Receiver {
  const written = new DigestSet();
  return {
    put(bytes, codec) {
      const digest = new Uint8Array(32);
      platform.digestInto(bytes, digest, 0);
      if (written.add(digest) >= 0) queue.push(printBlock({ digest, codec, bytes }));
    },
    drain: () => queue.below(waitingBytes),
    stands: digest => written.find(digest) >= 0,
  };
}
