/** Datasets that were found lately, by commit and path: commits are frozen, so who reads many rows of one need not look it up each time. */
import type { StoredDataset } from "./dataset-tree.js";

const most = 64;

export class RecentDatasets {
  readonly #found = new Map<string, StoredDataset>();

  /** The dataset in the commit with this CID, if it is remembered. */
  get(commit: string, path: string): StoredDataset | undefined {
    return this.#found.get(keyOf(commit, path));
  }

  /** Remembers what was found. All is forgotten when it gets too much: looking it up again costs little. */
  keep(commit: string, path: string, dataset: StoredDataset): void {
    if (this.#found.size >= most) this.#found.clear();
    this.#found.set(keyOf(commit, path), dataset);
  }
}

/** Either may hold any character, as both are what somebody asked for: the length says where the first one ends. */
function keyOf(commit: string, path: string): string {
  return `${commit.length} ${commit} ${path}`;
}
