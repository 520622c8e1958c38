/** The snapshot that a git tree is, given the parents that were adopted before. */
import {
  badInput,
  compareBytes,
  compareText,
  decodeDataset,
  editTree,
  emptyTree,
  encode,
  encodeDataset,
  get,
  Link,
  linkedDigest,
  linkValue,
  maxPathBytes,
  raw,
  utf8,
  type Blocks,
  type DatasetBlock,
  type Digest,
  type Platform,
  type Snapshot,
  type TreeChange,
} from "@sheaf/core";
import type { Oid } from "../object.js";
import { pathOfFolder } from "../project/folder.js";
import type { DatasetIds } from "./dataset-ids.js";
import { settleDatasetIds, type Claimant } from "./dataset-identity.js";
import type { LineCounts } from "./neighbours.js";
import { pathIn, type CommitObjects } from "./objects.js";
import { RowFiles, type RowsFolder } from "./row-files.js";
import type { RowReader } from "./row-reader.js";
import { readRows, type RowsBase } from "./rows.js";
import { Survey, type DatasetFolder, type FileChange } from "./survey.js";

/** A parent: what it is in git and here. */
export interface AdoptedParent {
  readonly objects: CommitObjects;
  readonly tree: Oid;
  readonly digest: Digest;
  readonly snapshot: Snapshot;
}

/** What snapshots are adopted with; kept from one commit to the next. */
export interface SnapshotPlace {
  readonly blocks: Blocks;
  readonly platform: Platform;
  readonly ids: DatasetIds;
  readonly counts: LineCounts;
  readonly reader: RowReader;
}

/** A parent's dataset, and where it lies there. */
interface Known {
  readonly parent: AdoptedParent;
  readonly folder: DatasetFolder;
  readonly path: string;
  readonly dataset: DatasetBlock;
}

type Placed = Claimant & { readonly known: Known | undefined };

/** Adopts the tree of one commit. Throws bad-input with file and line for what cannot be taken. */
export async function adoptSnapshot(
  place: SnapshotPlace,
  objects: CommitObjects,
  tree: Oid,
  parents: readonly AdoptedParent[],
): Promise<Snapshot> {
  return new SnapshotAdoption(place, objects, parents).adopt(tree);
}

class SnapshotAdoption {
  readonly #rowFiles = new RowFiles();
  readonly #survey = new Survey(this.#rowFiles);
  readonly #first: AdoptedParent | undefined;
  /** Datasets of the first parent whose folders changed, by path. */
  readonly #changed = new Map<string, Known>();

  constructor(
    readonly place: SnapshotPlace,
    readonly objects: CommitObjects,
    readonly parents: readonly AdoptedParent[],
  ) {
    this.#first = parents[0];
  }

  async adopt(tree: Oid): Promise<Snapshot> {
    const before = { objects: this.#first?.objects ?? this.objects, tree: this.#first?.tree };
    await this.#survey.compare(before, { objects: this.objects, tree });
    const base = this.#first?.snapshot ?? emptySnapshot(this.place.blocks);
    const datasets = await this.#datasets();
    await this.#checkFree(datasets, base);
    for (const path of this.#changed.keys()) if (!datasets.has(path)) datasets.set(path, undefined);
    const changes = [...datasets].map(([path, digest]) => ({ key: utf8(path), value: digest && linkValue(digest) }));
    return {
      datasets: await this.#edit(base.datasets, changes),
      files: await this.#editFiles(base.files),
    };
  }

  async #edit(root: Digest, changes: TreeChange[]): Promise<Digest> {
    if (changes.length === 0) return root;
    changes.sort((a, b) => compareBytes(a.key, b.key));
    return (await editTree(this.place.blocks, root, changes)).root;
  }

  /** The digests of the datasets in folders that changed, by path. */
  async #datasets(): Promise<Map<string, Digest | undefined>> {
    const claimants = await this.#claimants();
    const isElsewhere = (id: string) => this.#isElsewhere(id);
    const rules = { platform: this.place.platform, parent: this.#first?.digest, isElsewhere };
    const ids = await settleDatasetIds(claimants, rules);
    const datasets = new Map<string, Digest | undefined>();
    for (const claimant of claimants) {
      if (datasets.has(claimant.path)) throw this.#twice(claimant);
      datasets.set(claimant.path, await this.#dataset(claimant, ids.get(claimant) ?? ""));
    }
    return datasets;
  }

  async #claimants(): Promise<Placed[]> {
    const claimants: Placed[] = [];
    for (const { folder, before, after } of this.#survey.folders) {
      const known = before && this.#first && (await knownAt(this.place.blocks, this.#first, before));
      if (known) this.#changed.set(known.path, known);
      if (!after) continue;
      const here = known ?? (await this.#inOthers(folder));
      claimants.push({ at: after, path: this.#pathOf(folder), here: here?.dataset, known: here });
    }
    return claimants;
  }

  #pathOf(folder: string): string {
    const path = pathOfFolder(folder);
    if (utf8(path).length <= maxPathBytes) return path;
    throw badInput(`the path of a dataset is longer than ${maxPathBytes} bytes`, this.objects.at(folder));
  }

  /** The dataset that a further parent has in a folder. */
  async #inOthers(folder: string): Promise<Known | undefined> {
    for (const parent of this.parents.slice(1)) {
      const entries = await entriesAt(parent, folder);
      const found = entries && (await this.#survey.datasetAt(parent.objects, entries, folder));
      const known = found && (await knownAt(this.place.blocks, parent, found));
      if (known) return known;
    }
    return undefined;
  }

  async #isElsewhere(id: string): Promise<boolean> {
    if (!this.#first) return false;
    const paths = await this.place.ids.pathsOf(id, this.#first.snapshot.datasets);
    return [...paths].some(path => !this.#changed.has(path));
  }

  async #dataset(claimant: Placed, id: string): Promise<Digest> {
    const { folder, rows: tree, facts } = claimant.at;
    const { blocks } = this.place;
    const place = { ...this.place, rowFiles: this.#rowFiles };
    const rows: RowsFolder = { objects: this.objects, path: pathIn(folder, "rows"), tree };
    const { rows: root, ids, count } = await readRows(place, rows, this.#baseOf(claimant, id));
    await blocks.drain();
    return blocks.put(encodeDataset({ id, meta: facts.meta ?? {}, rows: root, ids, count }));
  }

  #baseOf({ known, path }: Placed, id: string): RowsBase | undefined {
    const moved = [...this.#changed.values()].find(({ dataset }) => dataset.id === id);
    const base = moved ?? (known?.dataset.id === id ? known : undefined);
    if (!base) return undefined;
    const { parent, folder, dataset } = base;
    return {
      dataset,
      folder: { objects: parent.objects, path: pathIn(folder.folder, "rows"), tree: folder.rows },
      others: () => this.#others(parent, id, path),
    };
  }

  /** The dataset in the parents but one. */
  async #others(but: AdoptedParent, id: string, path: string): Promise<DatasetBlock[]> {
    const found: DatasetBlock[] = [];
    for (const parent of this.parents) {
      if (parent === but) continue;
      const here = await datasetAt(this.place.blocks, parent, path);
      const isHere = here?.id === id;
      const paths = isHere ? [] : await this.place.ids.pathsOf(id, parent.snapshot.datasets);
      const elsewhere = await Promise.all(Array.from(paths, other => datasetAt(this.place.blocks, parent, other)));
      for (const dataset of isHere ? [here] : elsewhere) if (dataset) found.push(dataset);
    }
    return found;
  }

  async #editFiles(root: Digest): Promise<Digest> {
    if (this.#survey.files.length === 0) return root;
    return (await editTree(this.place.blocks, root, this.#files())).root;
  }

  /** Changes of files in order, made one by one: there may be a million. */
  async *#files(): AsyncGenerator<TreeChange> {
    const files = this.#survey.files.toSorted((a, b) => compareText(a.path, b.path));
    for (const file of files) yield await this.#file(file);
  }

  async #file({ path, after }: FileChange): Promise<TreeChange> {
    const { blocks } = this.place;
    if (!after) return { key: utf8(path), value: undefined };
    const digest = blocks.put(await this.objects.blob(after.oid, path));
    await blocks.drain();
    return { key: utf8(path), value: encode([after.mode, new Link(digest, raw)]) };
  }

  /** Refuses two folders that stand for one path. */
  async #checkFree(datasets: ReadonlyMap<string, unknown>, base: Snapshot): Promise<void> {
    for (const path of datasets.keys())
      if (!this.#changed.has(path) && (await get(this.place.blocks, base.datasets, utf8(path))))
        throw badInput(`two folders stand for the dataset ${path}; rename one`, this.objects.place);
  }

  #twice({ at, path }: Claimant): Error {
    return badInput(`another folder stands for the dataset ${path} too; rename one`, this.objects.at(at.folder));
  }
}

function emptySnapshot(blocks: Blocks): Snapshot {
  const root = emptyTree(blocks);
  return { datasets: root, files: root };
}

async function datasetAt(blocks: Blocks, parent: AdoptedParent, path: string): Promise<DatasetBlock | undefined> {
  const value = await get(blocks, parent.snapshot.datasets, utf8(path));
  return value && decodeDataset(await blocks.load(linkedDigest(value)));
}

async function knownAt(blocks: Blocks, parent: AdoptedParent, folder: DatasetFolder): Promise<Known | undefined> {
  const path = pathOfFolder(folder.folder);
  const dataset = await datasetAt(blocks, parent, path);
  return dataset && { parent, folder, path, dataset };
}

/** The entries of a folder of a parent, by name. */
async function entriesAt({ objects, tree }: AdoptedParent, folder: string) {
  let oid: Oid | undefined = tree;
  let entries = new Map((await objects.entries(tree, "")).map(entry => [entry.name, entry]));
  for (const name of folder.split("/")) {
    const entry = entries.get(name);
    oid = entry?.mode === 0o040000 ? entry.oid : undefined;
    if (oid === undefined) return undefined;
    entries = new Map((await objects.entries(oid, folder)).map(one => [one.name, one]));
  }
  return entries;
}
