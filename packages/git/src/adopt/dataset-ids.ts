/** Which datasets a snapshot has, by id: kept from one commit to the next, so that a history costs what changes in it. */
import {
  decodeDataset,
  diffTrees,
  entries,
  fromUtf8,
  linkedDigest,
  sameDigest,
  type BlockReader,
  type Digest,
} from "@sheaf/core";

export class DatasetIds {
  #root: Digest | undefined;
  readonly #idOf = new Map<string, string>();
  readonly #pathsOf = new Map<string, Set<string>>();

  constructor(readonly reader: BlockReader) {}

  /** The paths of the datasets with this id below the root of a snapshot's `datasets`. */
  async pathsOf(id: string, root: Digest): Promise<ReadonlySet<string>> {
    if (!this.#root || !sameDigest(this.#root, root)) await this.#move(root);
    return this.#pathsOf.get(id) ?? new Set();
  }

  async #move(root: Digest): Promise<void> {
    if (this.#root)
      for await (const { key, after } of diffTrees(this.reader, this.#root, root)) await this.#set(key, after);
    else for await (const { key, value } of entries(this.reader, root)) await this.#set(key, value);
    this.#root = root;
  }

  async #set(key: Uint8Array, value: Uint8Array | undefined): Promise<void> {
    const path = fromUtf8(key);
    this.#pathsOf.get(this.#idOf.get(path) ?? "")?.delete(path);
    this.#idOf.delete(path);
    if (!value) return;
    const { id } = decodeDataset(await this.reader.load(linkedDigest(value)));
    this.#idOf.set(path, id);
    this.#pathsOf.set(id, (this.#pathsOf.get(id) ?? new Set()).add(path));
  }
}
