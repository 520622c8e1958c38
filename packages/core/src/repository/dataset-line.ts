/**
 * The line of first parents, and which datasets each of its commits changed.
 *
 * Commits are frozen, so a step is read once for all datasets: who asks about a hundred of them walks the line a hundred times and reads it once.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Cid, type Digest } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { linkedDigest } from "../dataset/row.js";
import { diffTrees } from "../tree/diff.js";
import { entries } from "../tree/read.js";
import { readCommit, readSnapshot, type Tip } from "./context.js";

interface Step {
  readonly digest: Digest;
  readonly parent: Digest | undefined;
  /** Whose content or path changed. */
  readonly changed: ReadonlySet<DatasetId>;
}

/** Most steps that are kept. */
const maxSteps = 100_000;

export class DatasetLine {
  readonly #steps = new Map<Cid, Step>();

  constructor(readonly reader: BlockReader) {}

  /** The commits from a tip backwards in which a dataset changed, the newest first. */
  async *changes(tip: Digest, id: DatasetId): AsyncGenerator<Tip> {
    for (let at: Digest | undefined = tip; at;) {
      const step: Step = this.#steps.get(printCid(at)) ?? (await this.#read(at));
      if (step.changed.has(id)) yield await readCommit(this.reader, step.digest);
      at = step.parent;
    }
  }

  async #read(digest: Digest): Promise<Step> {
    const commit = await readCommit(this.reader, digest);
    const parent = commit.parents[0] as Digest | undefined;
    const { datasets } = await readSnapshot(this.reader, commit);
    const changed = new Set<DatasetId>();
    if (!parent) for await (const { value } of entries(this.reader, datasets)) changed.add(await this.#idOf(value));
    else {
      const before = await readSnapshot(this.reader, await readCommit(this.reader, parent));
      for await (const entry of diffTrees(this.reader, before.datasets, datasets))
        for (const value of [entry.before, entry.after]) if (value) changed.add(await this.#idOf(value));
    }
    const step = { digest, parent, changed };
    if (this.#steps.size >= maxSteps) this.#steps.clear();
    this.#steps.set(printCid(digest), step);
    return step;
  }

  async #idOf(link: Uint8Array): Promise<DatasetId> {
    return decodeDataset(await this.reader.load(linkedDigest(link).slice())).id;
  }
}
