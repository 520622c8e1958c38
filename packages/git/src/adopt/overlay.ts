/**
 * What a git tree has that the projection of its snapshot would write otherwise: the files, and the folders whose entries alone would not give them back.
 *
 *     in git                     projected                 kept
 *     README  100644 a…          README  100644 a…
 *     qa/rows/0.jsonl  b…        qa/rows/0.jsonl  c…       qa/rows/0.jsonl → [100644, link to b…]
 *     qa/rows/new.jsonl  d…                                qa/rows/new.jsonl → [100644, link to d…]
 *                                sheaf.json  e…            sheaf.json → null
 */
import { compareBytes, encode, get, Link, raw, TreeBuilder, utf8, type Blocks, type Digest } from "@sheaf/core";
import type { Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import { folderOf, pathIn, type CommitObjects } from "./objects.js";

/** The trees that are compared, and the overlay of the parent, whose files need not be stored again. */
export interface OverlayInput {
  readonly blocks: Blocks;
  readonly objects: CommitObjects;
  /** The entries of a projected tree. */
  projected(tree: Oid): Promise<readonly TreeEntry[]>;
  /** The parent's tree in git, and the root of what was kept of it. */
  readonly base?: { readonly objects: CommitObjects; readonly tree: Oid; readonly files: Digest } | undefined;
}

/** Compares a tree in git with the projection; gives the root of a tree of what differs, `undefined` when nothing does. */
export async function overlayOf(input: OverlayInput, tree: Oid, projected: Oid): Promise<Digest | undefined> {
  const comparison = new Comparison(input);
  await comparison.folders(tree, projected, input.base?.tree, "");
  return comparison.finish();
}

type Entries = ReadonlyMap<string, TreeEntry>;

class Comparison {
  readonly #kept: { readonly key: Uint8Array; readonly value: Uint8Array }[] = [];

  constructor(readonly input: OverlayInput) {}

  async folders(
    tree: Oid | undefined,
    projected: Oid | undefined,
    base: Oid | undefined,
    folder: string,
  ): Promise<void> {
    if (tree === projected) return;
    const own =
      tree === undefined ? new Map<string, TreeEntry>() : byName(await this.input.objects.entries(tree, folder));
    const made = projected === undefined ? new Map<string, TreeEntry>() : byName(await this.input.projected(projected));
    const old = await this.#baseEntries(base, folder);
    if (tree !== undefined) await this.#body(tree, folder);
    for (const name of new Set([...own.keys(), ...made.keys()])) {
      const [a, b, c] = [own.get(name), made.get(name), old.get(name)];
      if (a?.oid === b?.oid && a?.mode === b?.mode) continue;
      const path = pathIn(folder, name);
      if (a && a.mode !== modes.folder) await this.#file(path, a, c);
      else if (b && b.mode !== modes.folder) this.#keep(path, encode(null));
      if (folderOf(a) ?? folderOf(b)) await this.folders(folderOf(a), folderOf(b), folderOf(c), path);
    }
  }

  finish(): Digest | undefined {
    if (this.#kept.length === 0) return undefined;
    const builder = new TreeBuilder(this.input.blocks);
    this.#kept.sort((a, b) => compareBytes(a.key, b.key));
    for (const { key, value } of this.#kept) builder.add(key, value);
    return builder.finish().root;
  }

  /** Keeps the bytes of a folder whose entries print otherwise, or that has none. */
  async #body(tree: Oid, folder: string): Promise<void> {
    const { objects, blocks } = this.input;
    const isEmpty = (await objects.entries(tree, folder)).length === 0 && folder !== "";
    if (!isEmpty && !(await objects.isOdd(tree, folder))) return;
    const body = await objects.body(tree, "tree", folder);
    this.#keep(folder, encode([modes.folder, new Link(blocks.put(body), raw)]));
  }

  async #file(path: string, { mode, oid }: TreeEntry, old: TreeEntry | undefined): Promise<void> {
    const { blocks, objects, base } = this.input;
    const known = base && old?.oid === oid && old.mode === mode && (await get(blocks, base.files, utf8(path)));
    if (known && known.length > 1) return this.#keep(path, known.slice());
    const digest = blocks.put(await objects.blob(oid, path));
    await blocks.drain();
    this.#keep(path, encode([mode, new Link(digest, raw)]));
  }

  #keep(path: string, value: Uint8Array): void {
    this.#kept.push({ key: utf8(path), value });
  }

  async #baseEntries(tree: Oid | undefined, folder: string): Promise<Entries> {
    const { base } = this.input;
    return base && tree !== undefined ? byName(await base.objects.entries(tree, folder)) : new Map();
  }
}

function byName(entries: readonly TreeEntry[]): Entries {
  return new Map(entries.map(entry => [entry.name, entry]));
}
