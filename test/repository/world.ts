/** The repository under test beside its model, and what every command does with both. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { isSheafError, type Platform } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { MemoryDrive } from "@sheaf/drives/memory";
import { Repository as Engine } from "@sheaf/core";
import { isPosition } from "../../packages/core/src/dataset/position.js";
import { byPosition, Refused, type PlainDataset, type PlainItem, type PlainRow, type PlainSnapshot } from "./plain.js";

export interface PlainCommit {
  readonly parents: readonly string[];
  readonly snapshot: PlainSnapshot;
}

/** What the refs are; copied whole for undo. */
export interface Refs {
  head: string;
  readonly branches: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly environments: Map<string, string>;
}

/** Everything that the model knows. */
export class Model {
  readonly commits = new Map<string, PlainCommit>();
  refs: Refs = { head: "main", branches: new Map(), tags: new Map(), environments: new Map() };
  readonly config = new Map<string, unknown>();
  readonly #before: Refs[] = [];

  get tip(): string | undefined {
    return this.refs.branches.get(this.refs.head);
  }

  get snapshot(): PlainSnapshot {
    return this.at(this.tip);
  }

  at(commit: string | undefined): PlainSnapshot {
    return (commit === undefined ? undefined : this.commits.get(commit)?.snapshot) ?? new Map();
  }

  /** Moves refs as one command; `undo` takes it back. */
  move(change: (refs: Refs) => void): void {
    this.#before.push(copyOf(this.refs));
    change(this.refs);
  }

  /** Old entries of reflogs were dropped: what was done before cannot be taken back. */
  forget(): void {
    this.#before.length = 0;
    this.hasForgotten = true;
  }

  hasForgotten = false;

  /** Takes back the last command that moved a ref; says whether there was one. */
  undo(): boolean {
    const before = this.#before.pop();
    if (before) this.refs = before;
    return before !== undefined;
  }

  ancestors(commit: string | undefined): Set<string> {
    const found = new Set<string>();
    const open = commit === undefined ? [] : [commit];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(this.commits.get(next)?.parents ?? []));
    }
    return found;
  }

  /** The best common ancestors. */
  mergeBases(a: string, b: string): string[] {
    const [ofA, ofB] = [this.ancestors(a), this.ancestors(b)];
    const common = [...ofA].filter(commit => ofB.has(commit));
    return common.filter(commit => common.every(other => other === commit || !this.ancestors(other).has(commit)));
  }
}

function copyOf({ head, branches, tags, environments }: Refs): Refs {
  return { head, branches: new Map(branches), tags: new Map(tags), environments: new Map(environments) };
}

/** A platform whose clock ticks at every look, so that the order of commands can be told. */
export function tickingPlatform(): Platform {
  let now = 1_700_000_000_000;
  let nonces = 0;
  return { ...nodePlatform, now: () => (now += 7), nonce: () => (nonces++).toString(16).padStart(32, "0") };
}

const author = () => ({ name: "Ada", email: "ada@example.org" });

/** The repository, opened anew now and then. */
export class World {
  readonly drive = new MemoryDrive();
  readonly platform = tickingPlatform();
  repo!: Engine;

  async open(): Promise<this> {
    this.repo = await Engine.open(this.drive, { platform: this.platform, author, create: true });
    return this;
  }

  /** Reads a commit as plain data. */
  read(commit: string): Promise<PlainSnapshot> {
    return readCommit(this.repo, commit);
  }
}

/** Reads a commit as plain data, and checks that the order of rows is that of their positions. */
async function readCommit(repo: Engine, commit: string): Promise<PlainSnapshot> {
  const snapshot = new Map<string, PlainDataset>();
  for await (const { path, id, count, meta } of repo.datasets({ at: commit })) {
    const rows: PlainRow[] = [];
    for await (const { id: row, position, item } of repo.dataset(path).rows({ at: commit })) {
      expect(isPosition(position)).toBe(true);
      rows.push({ id: row, position, item: item as PlainItem });
    }
    expect(rows).toEqual([...rows].sort(byPosition));
    expect(rows).toHaveLength(count);
    snapshot.set(path, { id, meta, rows });
  }
  return snapshot;
}

/** Runs an edit of the current branch on both sides and compares. The model's edit gives the wanted snapshot, or throws {@link Refused}. */
export async function edit(
  model: Model,
  world: World,
  wanted: (snapshot: PlainSnapshot) => PlainSnapshot,
  act: () => Promise<{ commit: string; advanced: boolean }>,
): Promise<void> {
  const { tip } = model;
  let next: PlainSnapshot;
  try {
    next = wanted(model.snapshot);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await expect(act()).rejects.toSatisfy(refusal => isSheafError(refusal));
    expect((await world.repo.head()).commit).toBe(tip);
    return;
  }
  const { commit, advanced } = await act();
  const read = await world.read(commit);
  compare(next, read);
  const isSame = tip !== undefined && isDeepStrictEqual(read, model.snapshot);
  expect(advanced).toBe(!isSame);
  if (advanced) accept(model, commit, tip === undefined ? [] : [tip], read);
  else expect(commit).toBe(tip);
}

/** Notes a new commit as the head of the current branch. */
export function accept(model: Model, commit: string, parents: readonly string[], snapshot: PlainSnapshot): void {
  model.commits.set(commit, { parents, snapshot });
  model.move(refs => refs.branches.set(refs.head, commit));
}

/** Compares what was read with what the model says; where the model leaves a position or an id open, any will do. */
export function compare(wanted: PlainSnapshot, read: PlainSnapshot): void {
  expect([...read.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [path, dataset] of wanted) {
    const { id, meta, rows } = read.get(path) as PlainDataset;
    if (dataset.id !== undefined) expect(id).toBe(dataset.id);
    expect(meta).toEqual(dataset.meta);
    expect(rows.map(row => [row.id, row.item])).toEqual(dataset.rows.map(row => [row.id, row.item]));
    const open = new Set(dataset.rows.filter(({ position }) => position === undefined).map(row => row.id));
    expect(rows.filter(row => !open.has(row.id))).toEqual(dataset.rows.filter(row => !open.has(row.id)));
  }
}

const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1);

/** Checks refs, configuration and the current content. */
export async function agree(model: Model, { repo }: World): Promise<void> {
  const { head, branches, tags } = model.refs;
  expect(await repo.head()).toEqual(model.tip === undefined ? { branch: head } : { branch: head, commit: model.tip });
  expect((await repo.branches()).map(({ name, commit }) => [name, commit])).toEqual([...branches].sort(byName));
  expect((await repo.tags()).map(({ name, commit }) => [name, commit])).toEqual([...tags].sort(byName));
  expect(await repo.config.all()).toEqual(Object.fromEntries(model.config));
  for (const [path, { id }] of model.snapshot) {
    const wanted = [...model.refs.environments]
      .filter(([key]) => key.startsWith(`${id} `))
      .map(([key, commit]) => ({ name: key.slice(key.indexOf(" ") + 1), commit }));
    expect(await repo.environments(path)).toEqual(wanted.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }
}
