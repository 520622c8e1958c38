/**
 * What differs between two trees, in the order of keys: equal subtrees are skipped without being read.
 *
 * Two walks go side by side. Where both stand before subtrees with the same digest, both skip; otherwise the higher subtree is entered. Content that is
 * equal has an equal shape a little after the last change, so what is read is about the paths to what differs, on both sides.
 */
import type { BlockReader } from "../block/blocks.js";
import { sameDigest, type Digest } from "../block/cid.js";
import type { NodeCache } from "./cache.js";
import { loadChildren, loadNode, type ChildRef } from "./load.js";
import type { Node } from "./node.js";
import { compareSpans, sameSpan } from "./span.js";
import { Walk, type Step } from "./walk.js";

/** A key whose value differs: absent before when it was added, absent after when it was removed. Views of blocks. */
export interface TreeDifference {
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Only keys from `from` on and before `to` are compared; what lies outside is not read. */
export interface DiffOptions {
  readonly from?: Uint8Array | undefined;
  readonly to?: Uint8Array | undefined;
  readonly cache?: NodeCache | undefined;
}

/** Most children that are loaded at once. */
const batch = 32;

/** Yields what differs from `a` to `b`, by ascending keys. Throws missing-block or corrupt-block. */
export async function* diffTrees(
  reader: BlockReader,
  a: Digest,
  b: Digest,
  options: DiffOptions = {},
): AsyncGenerator<TreeDifference, void, undefined> {
  for await (const differences of diffChunks(reader, a, b, options)) yield* differences;
}

/** Like {@link diffTrees}, in lists, those of about one leaf each: for callers that do not want to await every difference. */
export async function* diffChunks(
  reader: BlockReader,
  a: Digest,
  b: Digest,
  options: DiffOptions = {},
): AsyncGenerator<TreeDifference[], void, undefined> {
  if (sameDigest(a, b)) return;
  const { from, to, cache } = options;
  const before = new Walk(await loadNode(reader, a, cache), from, to);
  const after = new Walk(await loadNode(reader, b, cache), from, to);
  const pair = new Pair(reader, before, after, cache);
  for (;;) {
    const found: TreeDifference[] = [];
    while (found.length === 0 && !pair.isDone) if (!pair.compareEntries(found)) await pair.enter();
    if (found.length > 0) yield found;
    if (pair.isDone) return;
  }
}

/** What one walk passes alone: all until it stands before a subtree that the other one stands before already. */
interface Alone {
  readonly walk: Walk;
  readonly level: number;
  readonly digest: Digest;
}

/** Two walks side by side. */
class Pair {
  #alone: Alone | undefined;

  constructor(
    readonly reader: BlockReader,
    readonly a: Walk,
    readonly b: Walk,
    readonly cache: NodeCache | undefined,
  ) {}

  get isDone(): boolean {
    return this.a.steps.length === 0 && this.b.steps.length === 0;
  }

  /** Compares entries as long as both walks stand before entries of leaves (or one is over); says whether it did any. */
  compareEntries(found: TreeDifference[]): boolean {
    if (this.#alone !== undefined) return this.#passEntries(this.#alone, found);
    this.#skipEqual();
    const a = this.a.here;
    const b = this.b.here;
    if ((a !== undefined && a.node.level > 0) || (b !== undefined && b.node.level > 0)) return false;
    if (a === undefined || b === undefined) {
      if (a !== undefined) takeRest(this.a, a, found, removed);
      if (b !== undefined) takeRest(this.b, b, found, added);
      return true;
    }
    // Entries are passed without leaving the leaf; the last one is left to `advance`, which knows what comes then.
    for (let isSame = true; this.a.here === a && this.b.here === b;) {
      if (isSame && this.a.to === undefined) passSame(a, b);
      isSame = this.#compareOne(a, b, found);
    }
    return true;
  }

  /** Compares the entries that both walks stand before, and passes what comes first; says whether they are the same. */
  #compareOne(a: Step, b: Step, found: TreeDifference[]): boolean {
    const order = compareSteps(a, b);
    if (order < 0) {
      found.push(removed(a));
      this.a.advance();
    } else if (order > 0) {
      found.push(added(b));
      this.b.advance();
    } else {
      const isSame = sameValue(a, b);
      if (!isSame) found.push({ key: b.node.key(b.i), before: a.node.value(a.i), after: b.node.value(b.i) });
      this.a.advance();
      this.b.advance();
      return isSame;
    }
    return false;
  }

  /** Passes subtrees that both walks stand before. */
  #skipEqual(): void {
    for (;;) {
      const a = this.a.here;
      const b = this.b.here;
      if (a === undefined || b === undefined || a.node.level !== b.node.level || a.node.level === 0) return;
      if (!a.node.sameLink(a.i, b.node, b.i)) return;
      this.a.advance();
      this.b.advance();
    }
  }

  /** At least one walk stands before a subtree that the other does not stand before: goes into it. */
  async enter(): Promise<void> {
    if (this.#alone !== undefined) return this.#passSubtree(this.#alone);
    const a = this.a.here;
    const b = this.b.here;
    if (a !== undefined && b !== undefined) {
      // When what stands next here comes later there, all until then is there alone: nothing needs comparing, so the subtree needs no reading.
      if (b.node.level > 0 && holdsAhead(this.a, b)) return this.#leaveTo(this.a, b);
      if (a.node.level > 0 && holdsAhead(this.b, a)) return this.#leaveTo(this.b, a);
    }
    const levelA = a === undefined ? -1 : a.node.level;
    const levelB = b === undefined ? -1 : b.node.level;
    if (levelA === levelB && a !== undefined && b !== undefined) await this.#loadAhead(a, b);
    if (a !== undefined && levelA >= levelB) await this.#go(this.a, a);
    if (b !== undefined && levelB >= levelA) await this.#go(this.b, b);
  }

  #leaveTo(walk: Walk, { node, i }: Step): void {
    this.#alone = { walk, level: node.level, digest: node.link(i) };
  }

  #passEntries({ walk }: Alone, found: TreeDifference[]): boolean {
    const step = walk.here;
    if (step === undefined || step.node.level > 0) return false;
    takeRest(walk, step, found, walk === this.a ? removed : added);
    return true;
  }

  async #passSubtree({ walk, level, digest }: Alone): Promise<void> {
    const step = walk.here;
    if (step === undefined || (step.node.level === level && sameDigest(step.node.link(step.i), digest)))
      this.#alone = undefined;
    else await this.#go(walk, step);
  }

  async #go(walk: Walk, step: Step): Promise<void> {
    const known = step.loaded.get(step.i);
    if (known !== undefined) {
      step.loaded.delete(step.i);
      return walk.enter(known);
    }
    const loaded = loadChildren(this.reader, [{ parent: step.node, i: step.i }], this.cache);
    const [child] = loaded instanceof Promise ? await loaded : loaded;
    walk.enter(child);
  }

  /** Loads the next children of two nodes that differ, in one batch, as far as both nodes reach. */
  async #loadAhead(a: Step, b: Step): Promise<void> {
    if (a.loaded.has(a.i) && b.loaded.has(b.i)) return;
    const refs: ChildRef[] = [];
    const steps: Step[] = [];
    const want = (step: Step, i: number) => {
      if (step.loaded.has(i)) return;
      refs.push({ parent: step.node, i });
      steps.push(step);
    };
    let i = a.i;
    let j = b.i;
    while (i < a.node.count && j < b.node.count && refs.length < batch && !this.#isBeyond(a, i)) {
      const order = compareAt(a.node, i, b.node, j);
      const isSame = order === 0 && a.node.sameLink(i, b.node, j);
      if (order <= 0 && !isSame) want(a, i);
      if (order >= 0 && !isSame) want(b, j);
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
    if (refs.length < 2) return;
    const loaded = loadChildren(this.reader, refs, this.cache);
    const nodes = loaded instanceof Promise ? await loaded : loaded;
    for (const [at, node] of nodes.entries()) steps[at].loaded.set(refs[at].i, node);
  }

  /** Says whether all below child `i` lies behind the end of what is compared. */
  #isBeyond({ node }: Step, i: number): boolean {
    const { to } = this.a;
    return to !== undefined && i > 0 && node.compareKey(i - 1, to, 0, to.length) >= 0;
  }
}

function removed({ node, i }: Step): TreeDifference {
  return { key: node.key(i), before: node.value(i), after: undefined };
}

function added({ node, i }: Step): TreeDifference {
  return { key: node.key(i), before: undefined, after: node.value(i) };
}

/** Passes entries of two leaves that are the same byte by byte, mostly all but one, up to the last of either. */
function passSame(a: Step, b: Step): void {
  const [from, other] = [a.node.entryStart(a.i), b.node.entryStart(b.i)];
  const [left, right] = [a.node.bytes, b.node.bytes];
  const most = Math.min(left.length - from, right.length - other);
  let same = 0;
  while (same < most && left[from + same] === right[other + same]) same++;
  const last = Math.min(a.node.count - 1 - a.i, b.node.count - 1 - b.i);
  let passed = 0;
  while (passed < last && a.node.entryStart(a.i + passed + 1) - from <= same) passed++;
  a.i += passed;
  b.i += passed;
}

/** Hands on the entries that are left in a leaf. */
function takeRest(walk: Walk, step: Step, found: TreeDifference[], tell: (step: Step) => TreeDifference): void {
  while (walk.here === step) {
    found.push(tell(step));
    walk.advance();
  }
}

/** Says whether the subtree that `other` stands before comes later in this walk, as far as the nodes on its way down tell. */
function holdsAhead(walk: Walk, other: Step): boolean {
  const step = walk.steps.find(({ node }) => node.level === other.node.level);
  if (step === undefined) return false;
  const key = other.node.key(other.i);
  const i = step.node.lowerBound(key, step.i);
  return i < step.node.count && i > step.i && step.node.sameLink(i, other.node, other.i);
}

function compareSteps(a: Step, b: Step): number {
  return compareAt(a.node, a.i, b.node, b.i);
}

function compareAt(a: Node, i: number, b: Node, j: number): number {
  return compareSpans(a.bytes, a.keyStart(i), a.valueStart(i), b.bytes, b.keyStart(j), b.valueStart(j));
}

function sameValue(a: Step, b: Step): boolean {
  return sameSpan(
    a.node.bytes,
    a.node.valueStart(a.i),
    a.node.valueEnd(a.i),
    b.node.bytes,
    b.node.valueStart(b.i),
    b.node.valueEnd(b.i),
  );
}
