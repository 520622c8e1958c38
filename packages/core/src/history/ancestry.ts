/**
 * How commits descend from each other: merge bases, ancestors, how far two branches are apart.
 *
 * Two tips paint their histories towards each other, newest commit first, until all that is left to walk is common to both. What is below a commit that
 * both sides reached is never walked, so the work is about the commits between the tips, not all of history. Times only say which commit to look at
 * next; the answers follow from parents alone (no commit is its own ancestor), so they are right where clocks lie.
 * Idea: git's paint_down_to_common (commit-reach.c), with marks carried down at once through what was read already.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import { compareBytes } from "../text.js";
import { decodeCommit } from "./commit.js";
import { NewestFirst } from "./queue.js";

/** All best common ancestors: those that are not ancestors of another common one. In CID order; none where the histories are unrelated. */
export async function mergeBases(
  reader: BlockReader,
  ours: Digest | readonly Digest[],
  theirs: Digest | readonly Digest[],
): Promise<Digest[]> {
  const graph = new Graph(reader);
  const painting = await paint(graph, tips(ours), tips(theirs));
  const candidates = painting.meetings();
  const best: Vertex[] = [];
  for (const candidate of candidates) {
    const others = candidates.filter(other => other !== candidate);
    if (others.length === 0 || !(await reaches(graph, others, candidate))) best.push(candidate);
  }
  return best.map(vertex => vertex.digest).sort(compareBytes);
}

/** Says whether `descendant` is `ancestor` or descends from it. */
export async function isAncestor(reader: BlockReader, ancestor: Digest, descendant: Digest): Promise<boolean> {
  const graph = new Graph(reader);
  return reaches(graph, [graph.vertex(descendant)], graph.vertex(ancestor));
}

/** How many commits only `ours` has, and how many only `theirs`. */
export async function aheadBehind(
  reader: BlockReader,
  ours: Digest,
  theirs: Digest,
): Promise<{ ahead: number; behind: number }> {
  const { ahead, behind } = await difference(reader, ours, theirs);
  return { ahead: ahead.length, behind: behind.length };
}

/** The commits that are in the history of `tip` and not in that of any of `without`: children before parents, newest first. */
export async function commitsNotIn(reader: BlockReader, tip: Digest, without: readonly Digest[]): Promise<Digest[]> {
  return (await difference(reader, tip, without)).ahead;
}

/** The commits that only one side has, each list children before parents, newest first. */
export async function difference(
  reader: BlockReader,
  ours: Digest | readonly Digest[],
  theirs: Digest | readonly Digest[],
): Promise<{ ahead: Digest[]; behind: Digest[] }> {
  const graph = new Graph(reader);
  const painting = await paint(graph, tips(ours), tips(theirs));
  await settle(graph, painting, leftOnly);
  await settle(graph, painting, rightOnly);
  return { ahead: inOrder(painting.marked(leftOnly)), behind: inOrder(painting.marked(rightOnly)) };
}

/**
 * Makes sure that commits with only one side's mark have it rightly.
 *
 * What lies below the common commits was not walked, so one that seems to be on one side only may be below them (where times are equal, or lie). It is
 * enough to ask this of those with no other of their kind below.
 */
async function settle(graph: Graph, painting: Painting, mark: number): Promise<void> {
  const common = painting.meetings();
  if (common.length === 0) return;
  for (let changed = true; changed;) {
    changed = false;
    const own = new Set(painting.marked(mark));
    const lowest = [...own].filter(vertex => !vertex.parents.some(parent => own.has(parent)));
    for (const vertex of lowest) {
      if (!(await reaches(graph, common, vertex))) continue;
      painting.add(vertex, both | below);
      changed = true;
    }
  }
}

/** Says whether the commit is one of these or below them. */
async function reaches(graph: Graph, from: readonly Vertex[], to: Vertex): Promise<boolean> {
  if (from.includes(to)) return true;
  const painting = await paint(
    graph,
    [to.digest],
    from.map(vertex => vertex.digest),
    found => (found.mark(to) & rightOnly) !== 0,
  );
  return (painting.mark(to) & rightOnly) !== 0;
}

/** Children before parents, newest first, of a set in which every commit was read. */
function inOrder(vertices: readonly Vertex[]): Digest[] {
  const children = new Map(vertices.map(vertex => [vertex, 0]));
  for (const vertex of vertices)
    for (const parent of vertex.parents)
      if (children.has(parent)) children.set(parent, (children.get(parent) ?? 0) + 1);
  const ready = new NewestFirst<Vertex>();
  for (const vertex of vertices) if (children.get(vertex) === 0) ready.push(vertex);
  const ordered: Digest[] = [];
  for (let next = ready.pop(); next; next = ready.pop()) {
    ordered.push(next.digest);
    for (const parent of next.parents) {
      const left = children.get(parent);
      if (left === undefined) continue;
      children.set(parent, left - 1);
      if (left === 1) ready.push(parent);
    }
  }
  return ordered;
}

const leftOnly = 1;
const rightOnly = 2;
const both = 3;
/** Added to `both` below a common commit: not a best one. */
const below = 4;

/** One step in so many takes the commit that waits longest instead of the newest, so that clocks that lie cost a factor, not all of history. */
const patience = 4;

/** Paints both histories down until everything unwalked is common to both, or `done` says so. */
async function paint(
  graph: Graph,
  left: readonly Digest[],
  right: readonly Digest[],
  done: (painting: Painting) => boolean = () => false,
): Promise<Painting> {
  const painting = new Painting();
  for (const digest of left) painting.add(graph.vertex(digest), leftOnly);
  for (const digest of right) painting.add(graph.vertex(digest), rightOnly);
  while (!done(painting)) {
    for (const vertex of painting.takeFresh()) {
      await graph.read(vertex);
      painting.enqueue(vertex);
    }
    const next = painting.next();
    if (!next) break;
    painting.expand(next);
  }
  return painting;
}

/** Marks on commits, and those still to be walked. */
class Painting {
  readonly #marks = new Map<Vertex, number>();
  readonly #walked = new Set<Vertex>();
  readonly #queue = new NewestFirst<Vertex>();
  readonly #waiting: Vertex[] = [];
  #longest = 0;
  #steps = 0;
  /** Marked, not common, and not read yet. */
  #fresh: Vertex[] = [];

  mark(vertex: Vertex): number {
    return this.#marks.get(vertex) ?? 0;
  }

  /** Adds a mark to a commit and, through those walked already, to all below it. */
  add(vertex: Vertex, mark: number): void {
    const open: [Vertex, number][] = [[vertex, mark]];
    for (let next = open.pop(); next; next = open.pop()) {
      const old = this.#marks.get(next[0]);
      const now = (old ?? 0) | next[1];
      if (now === old) continue;
      this.#marks.set(next[0], now);
      if (old === undefined) this.#fresh.push(next[0]);
      if (!this.#walked.has(next[0])) continue;
      for (const parent of next[0].parents) open.push([parent, passedOn(now)]);
    }
  }

  /** The commits that were marked since the last call and are not common. */
  takeFresh(): Vertex[] {
    const fresh = this.#fresh.filter(vertex => this.#isOpen(vertex));
    this.#fresh = [];
    return fresh;
  }

  enqueue(vertex: Vertex): void {
    this.#queue.push(vertex);
    this.#waiting.push(vertex);
  }

  /** The commit to walk next; `undefined` when all that is left is common. */
  next(): Vertex | undefined {
    const takesLongest = ++this.#steps % patience === 0;
    for (;;) {
      const vertex = takesLongest ? this.#waiting[this.#longest++] : this.#queue.pop();
      if (vertex === undefined || this.#isOpen(vertex)) return vertex;
    }
  }

  expand(vertex: Vertex): void {
    this.#walked.add(vertex);
    for (const parent of vertex.parents) this.add(parent, passedOn(this.mark(vertex)));
  }

  /** The common commits below no other that is known to be common. */
  meetings(): Vertex[] {
    return this.marked(both);
  }

  marked(mark: number): Vertex[] {
    return [...this.#marks].filter(([, own]) => own === mark).map(([vertex]) => vertex);
  }

  #isOpen(vertex: Vertex): boolean {
    return !this.#walked.has(vertex) && (this.mark(vertex) & both) !== both;
  }
}

/** What a commit's mark says of its parents. */
function passedOn(mark: number): number {
  return (mark & both) === both ? both | below : mark;
}

/** A commit with its parents, once it was read. */
interface Vertex {
  readonly digest: Digest;
  time: number;
  parents: readonly Vertex[];
  isRead: boolean;
}

/** The commits of one question, each read once. */
class Graph {
  readonly #vertices = new Map<string, Vertex>();
  constructor(readonly reader: BlockReader) {}

  vertex(digest: Digest): Vertex {
    const cid = printCid(digest);
    const known = this.#vertices.get(cid);
    if (known) return known;
    const vertex: Vertex = { digest, time: 0, parents: [], isRead: false };
    this.#vertices.set(cid, vertex);
    return vertex;
  }

  async read(vertex: Vertex): Promise<void> {
    if (vertex.isRead) return;
    const { committer, parents } = decodeCommit(await this.reader.load(vertex.digest));
    vertex.time = committer.time;
    vertex.parents = parents.map(parent => this.vertex(parent));
    vertex.isRead = true;
  }
}

function tips(of: Digest | readonly Digest[]): readonly Digest[] {
  return of instanceof Uint8Array ? [of] : of;
}
