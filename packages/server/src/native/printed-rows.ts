/**
 * Rows as bytes of JSON, kept by the leaf of the dataset's tree that holds them.
 *
 * A leaf's digest names every one of its rows, so what is kept never grows stale: an edit makes another leaf, and the same leaf is the same rows in any page,
 * at any commit, in any branch. Blocks were proven when the rows were printed.
 */
import { printCid, utf8, type DatasetVersion, type RowLeaf } from "@sheaf/core";
import { rowText, type PageEnd, type PageQuery } from "./row-reader.js";

/** What an array or a view costs besides its bytes. */
const overhead = 120;
const defaultBytes = 2 ** 26;

/** A page as bytes: its rows, and where it ended if there are more. */
export interface BytesPage {
  readonly rows: readonly Uint8Array[];
  readonly end?: PageEnd;
}

/** The rows of one leaf that were asked for so far. */
interface Kept {
  readonly rows: (Uint8Array | undefined)[];
  bytes: number;
}

/** Two generations: what is used moves to the young one; when that fills half the room, it becomes the old one and the old one is dropped. */
export class PrintedRows {
  /** By the leaf's CID. */
  #young = new Map<string, Kept>();
  #old = new Map<string, Kept>();
  #youngBytes = 0;

  constructor(readonly maxBytes: number = defaultBytes) {}

  /** A page of whole rows in the order of the dataset. Reads the rows that are not kept, and no others. */
  async page(version: DatasetVersion, { limit, offset, after, signal }: PageQuery): Promise<BytesPage> {
    const rows: Uint8Array[] = [];
    let last: { position: string; id: string } | undefined;
    for await (const leaf of version.leaves({ offset, limit: limit + 1, signal, ...(after ? { after } : {}) })) {
      const end = Math.min(leaf.end, leaf.start + limit - rows.length);
      if (end > leaf.start) {
        await this.#take(leaf, end, rows);
        last = leaf.place(end - 1);
      }
      if (end < leaf.end && last) return { rows, end: { after: last } };
    }
    return { rows };
  }

  async #take(leaf: RowLeaf, end: number, into: Uint8Array[]): Promise<void> {
    const kept = this.#use(leaf);
    let first = leaf.start;
    let behind = end;
    while (first < behind && kept.rows[first]) first++;
    while (behind > first && kept.rows[behind - 1]) behind--;
    if (first < behind) await this.#print(leaf, first, behind, kept);
    for (let i = leaf.start; i < end; i++) into.push(kept.rows[i] as Uint8Array);
  }

  async #print(leaf: RowLeaf, start: number, end: number, kept: Kept): Promise<void> {
    const batch = await leaf.load(start, end);
    for (let i = 0; i < batch.count; i++) {
      if (kept.rows[start + i]) continue;
      const bytes = utf8(rowText(batch, i));
      kept.rows[start + i] = bytes;
      kept.bytes += bytes.length + overhead;
      this.#youngBytes += bytes.length + overhead;
    }
    if (this.#youngBytes > this.maxBytes / 2) this.#age();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  #use({ digest, count }: RowLeaf): Kept {
    const key = printCid(digest);
    const young = this.#young.get(key);
    if (young) return young;
    const kept = this.#old.get(key) ?? { rows: Array.from<undefined>({ length: count }), bytes: 0 };
    this.#young.set(key, kept);
    this.#youngBytes += kept.bytes;
    return kept;
  }
}
