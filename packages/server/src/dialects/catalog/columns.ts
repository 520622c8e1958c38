/**
 * The columns of datasets: those of the metadata's order first, then the rows' other fields by name.
 *
 * Which fields rows have is counted once for a dataset, and from then on by what differs: the next version costs about what it changed.
 */
import {
  compareText,
  decode,
  diffChunks,
  fromBlockForm,
  linkedDigest,
  printCid,
  sameDigest,
  type DatasetVersion,
  type Digest,
  type ValueObject,
} from "@sheaf/core";

type Counts = ReadonlyMap<string, number>;

interface Counted {
  readonly rows: Digest;
  readonly counts: Promise<Counts>;
}

/** States of datasets that are remembered. */
const maxKept = 256;

export class Columns {
  /** By the root of the rows. */
  readonly #kept = new Map<string, Counted>();
  /** By the dataset's id, the state that was asked for last. */
  readonly #last = new Map<string, Counted>();

  /** The names of all columns. */
  async of(version: DatasetVersion): Promise<string[]> {
    const named = orderOf(version);
    const known = new Set(named);
    const others = [...(await this.#counts(version)).keys()].filter(name => !known.has(name));
    return [...named, ...others.sort(compareText)];
  }

  #counts(version: DatasetVersion): Promise<Counts> {
    const { id, rows } = version.block;
    const name = printCid(rows);
    let counted = this.#kept.get(name);
    if (!counted) {
      const before = this.#last.get(id);
      const counts = before ? this.#countedFrom(version, before) : countAll(version);
      counted = { rows, counts };
      counts.catch(() => this.#kept.delete(name));
      if (this.#kept.size >= maxKept) this.#kept.clear();
      this.#kept.set(name, counted);
    }
    if (this.#last.size >= maxKept) this.#last.clear();
    this.#last.set(id, counted);
    return counted.counts;
  }

  async #countedFrom(version: DatasetVersion, before: Counted): Promise<Counts> {
    const known = await before.counts.catch(() => undefined);
    return known ? countChanges(version, before.rows, known) : countAll(version);
  }
}

/** The order of columns that the metadata holds, each once. */
export function orderOf({ block: { meta } }: Pick<DatasetVersion, "block">): string[] {
  const { columns } = meta;
  return Array.isArray(columns) ? [...new Set(columns.filter(name => typeof name === "string"))] : [];
}

async function countAll(version: DatasetVersion): Promise<Counts> {
  const counts = new Map<string, number>();
  for await (const { blocks } of version.batches()) for (const block of blocks) count(counts, block, 1);
  return counts;
}

async function countChanges({ context, block }: DatasetVersion, before: Digest, known: Counts): Promise<Counts> {
  if (sameDigest(before, block.rows)) return known;
  const { store, nodes } = context;
  const counts = new Map(known);
  for await (const chunk of diffChunks(store, before, block.rows, { cache: nodes })) {
    for (const by of [1, -1] as const) {
      const links = chunk.flatMap(({ before: was, after: is }) => (by > 0 ? is : was) ?? []);
      for (const item of await store.loadMany(links.map(link => linkedDigest(link).slice()))) count(counts, item, by);
    }
  }
  return counts;
}

function count(counts: Map<string, number>, block: Uint8Array, by: 1 | -1): void {
  for (const key of Object.keys(fromBlockForm(decode(block) as ValueObject).item)) {
    const left = (counts.get(key) ?? 0) + by;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  }
}
