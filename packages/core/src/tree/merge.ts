/** What changed on either side since a common base, in one ordered walk: two diffs read side by side. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { compareBytes } from "../text.js";
import { RecentNodes, type NodeCache } from "./cache.js";
import { diffChunks, type TreeDifference } from "./diff.js";

/** A key whose value changed on one side or both: the value in the base and on each side, `undefined` where the key is absent. */
export interface ThreeWay {
  readonly key: Uint8Array;
  readonly base: Uint8Array | undefined;
  readonly ours: Uint8Array | undefined;
  readonly theirs: Uint8Array | undefined;
}

/** Enough for the nodes of the base that both diffs read. */
const sharedBytes = 2 ** 22;

/** Yields each key that `ours` or `theirs` changed, by ascending keys; a key that both changed comes once. Reads only what differs. */
export async function* mergeTrees(
  reader: BlockReader,
  base: Digest,
  ours: Digest,
  theirs: Digest,
  cache: NodeCache = new RecentNodes(sharedBytes),
): AsyncGenerator<ThreeWay, void, undefined> {
  const left = new Queue(diffChunks(reader, base, ours, { cache }));
  const right = new Queue(diffChunks(reader, base, theirs, { cache }));
  for (;;) {
    const a = left.isEmpty ? await left.refill() : left.head;
    const b = right.isEmpty ? await right.refill() : right.head;
    if (a === undefined && b === undefined) return;
    const order = a === undefined ? 1 : b === undefined ? -1 : compareBytes(a.key, b.key);
    if (order <= 0) left.shift();
    if (order >= 0) right.shift();
    yield combine(order <= 0 ? a : undefined, order >= 0 ? b : undefined);
  }
}

function combine(ours: TreeDifference | undefined, theirs: TreeDifference | undefined): ThreeWay {
  const either = (ours ?? theirs) as TreeDifference;
  const { key, before } = either;
  return { key, base: before, ours: ours ? ours.after : before, theirs: theirs ? theirs.after : before };
}

/** The differences of one side that were read but not yet used. */
class Queue {
  #list: readonly TreeDifference[] = [];
  #at = 0;

  constructor(readonly source: AsyncIterator<TreeDifference[]>) {}

  get head(): TreeDifference | undefined {
    return this.#list[this.#at];
  }

  get isEmpty(): boolean {
    return this.#at >= this.#list.length;
  }

  shift(): void {
    this.#at++;
  }

  async refill(): Promise<TreeDifference | undefined> {
    const next = await this.source.next();
    this.#list = next.done ? [] : next.value;
    this.#at = 0;
    return this.head;
  }
}
