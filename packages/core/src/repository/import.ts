/** Imports: an edit whose rows stream in, at any size. */
import type { Blocks } from "../block/blocks.js";
import { datasetIdOf, emptyDataset, type DatasetBlock } from "../dataset/dataset.js";
import { checkPath } from "../dataset/path.js";
import { FreshImport } from "../import/fresh.js";
import { IdChooser } from "../import/id.js";
import { reconcile } from "../import/merge.js";
import { DigestList, type ImportCounts, type ImportRows } from "../import/rows.js";
import { KeyTable } from "../import/key-table.js";
import { LineBook, type RowBatch } from "../import/row-batch.js";
import { SheafError } from "../errors.js";
import { sameValue, type ValueObject } from "../item/value.js";
import { DigestSet } from "../store/digest-set.js";
import { utf8 } from "../text.js";
import { entries } from "../tree/read.js";
import { linkedDigest } from "../dataset/row.js";
import type { Context } from "./context.js";
import type { Imported, ImportOptions } from "./contract.js";
import { findDataset, noDataset, putDatasets } from "./dataset-tree.js";
import { isPartial, notePart } from "./part.js";
import { commitEdit, type Base } from "./write.js";

/** Imports batches of rows into a dataset, which is made when it is not there. */
export async function importRows(
  context: Context,
  path: string,
  batches: AsyncIterable<RowBatch>,
  options: ImportOptions,
): Promise<Imported> {
  checkPath(path);
  let counts: ImportCounts = { added: 0, changed: 0, removed: 0, unchanged: 0, moved: 0 };
  const committed = await commitEdit(
    context,
    { command: `import ${path}`, touches: [path] },
    options,
    async (blocks, base) => {
      const before = await findDataset(blocks, base.snapshot, path);
      if (!before && options.mode === "remove") throw noDataset(path);
      if (before && options.create) throw takenPath(path);
      const dataset = before ?? (await newDataset(context, blocks, base, path, options.create));
      const made = await new Import(context, blocks, dataset, options).run(batches);
      counts = made.counts;
      const meta = withColumns(made.dataset.meta, options);
      const snapshot = await putDatasets(blocks, base.snapshot, new Map([[path, { ...made.dataset, meta }]]));
      return { snapshot, summary: `import ${path}: ${summary(counts)}` };
    },
  );
  return { ...committed, ...counts };
}

/** A dataset that is not there yet, with its id made from path and parent commit. A partial clone holds what is made in it. */
export async function newDataset(
  context: Context,
  blocks: Blocks,
  base: Base,
  path: string,
  meta: ValueObject = {},
  seed: string = path,
): Promise<DatasetBlock> {
  const id = datasetIdOf(context.platform, seed, base.tip?.digest);
  if (isPartial(context)) await notePart(context, new Map([[id, path]]), `create ${path}`);
  return { ...emptyDataset(blocks, id), meta };
}

/** The error for a path at which a dataset is already. */
export function takenPath(name: string): SheafError<"already-exists"> {
  return new SheafError("already-exists", { kind: "dataset", name }, `there is a dataset ${name} already`);
}

/** The metadata with these columns named: first in their order, those known before after them, unless these are all. */
function withColumns(meta: ValueObject, { columns, onlyColumns: isAll = false }: ImportOptions): ValueObject {
  if (!columns) return meta;
  const known = Array.isArray(meta["columns"]) ? meta["columns"] : [];
  const others = isAll ? [] : known.filter(name => typeof name !== "string" || !columns.includes(name));
  const all = [...columns, ...others];
  return sameValue(known, all) ? meta : { ...meta, columns: all };
}

function summary({ added, changed, removed, unchanged }: ImportCounts): string {
  const parts = Object.entries({ added, changed, removed }).filter(([, count]) => count > 0);
  return parts.length > 0 ? parts.map(([what, count]) => `${count} ${what}`).join(", ") : `${unchanged} unchanged`;
}

const noPosition = new Uint8Array(0);

class Import {
  readonly #lines = new LineBook();
  readonly #chooser: IdChooser;
  readonly #seen: DigestSet | undefined;
  #done = 0;
  /** Of one batch. */
  #digests = new Uint8Array(0);

  constructor(
    readonly context: Context,
    readonly blocks: Blocks,
    readonly dataset: DatasetBlock,
    readonly options: ImportOptions,
  ) {
    this.#chooser = new IdChooser(context.platform, options.key, this.#lines);
    this.#seen = options.dedupe ? new DigestSet() : undefined;
  }

  async run(batches: AsyncIterable<RowBatch>): Promise<{ dataset: DatasetBlock; counts: ImportCounts }> {
    const mode = this.options.mode ?? "set";
    if (this.#seen && (mode === "add" || mode === "upsert")) await this.#knowDataset(this.#seen);
    const iterator = batches[Symbol.asyncIterator]();
    try {
      const first = await iterator.next();
      const isFresh = this.dataset.count === 0 && mode !== "remove" && (first.done === true || !first.value.positions);
      const rest = follow(first, iterator);
      return isFresh ? await this.#fresh(rest) : await this.#reconcile(rest, mode);
    } finally {
      await iterator.return?.();
    }
  }

  async #fresh(batches: AsyncIterable<RowBatch>): Promise<{ dataset: DatasetBlock; counts: ImportCounts }> {
    const fresh = new FreshImport(this.blocks, this.#chooser);
    for await (const batch of batches) {
      fresh.add(batch, this.#seen);
      await this.#tick(batch);
    }
    const dataset = fresh.finish(this.dataset);
    return { dataset, counts: { added: fresh.count, changed: 0, removed: 0, unchanged: 0, moved: 0 } };
  }

  async #reconcile(
    batches: AsyncIterable<RowBatch>,
    mode: "set" | "add" | "upsert" | "remove",
  ): Promise<{ dataset: DatasetBlock; counts: ImportCounts }> {
    const input = { ids: new KeyTable(), digests: new DigestList(), lines: this.#lines };
    for await (const batch of batches) {
      this.#collect(batch, input);
      await this.#tick(batch);
    }
    return reconcile(this.blocks, this.dataset, input, mode, this.#chooser);
  }

  #collect(batch: RowBatch, { ids, digests }: ImportRows): void {
    if (this.#digests.length < batch.count * 32) this.#digests = new Uint8Array(batch.count * 32);
    this.#takeDigests(batch, this.#digests);
    for (let i = 0; i < batch.count; i++) {
      if (!this.#wants(this.#digests, i * 32)) continue;
      const digest = this.#digests.subarray(i * 32, i * 32 + 32);
      this.#lines.add(batch, i);
      const id = utf8(this.#chooser.choose(batch, i, ids.count, digest));
      const given = batch.positions?.[i];
      const position = given === undefined ? noPosition : utf8(given);
      ids.add(id, id.length, position, position.length);
      digests.add(digest);
    }
  }

  /** Stores the items, unless the rows are to go, and writes their digests. */
  #takeDigests({ count, items }: RowBatch, digests: Uint8Array): void {
    if (this.options.mode !== "remove") return this.blocks.putMany(items, digests);
    for (let i = 0; i < count; i++)
      this.context.platform.digestInto(items.bytes.subarray(items.starts[i], items.ends[i]), digests, i * 32);
  }

  /** Says whether a row is to be taken: with `dedupe`, only the first with its content. */
  #wants(digests: Uint8Array, at: number): boolean {
    return !this.#seen || this.#seen.add(digests, at) >= 0;
  }

  async #knowDataset(seen: DigestSet): Promise<void> {
    for await (const { value } of entries(this.blocks, this.dataset.rows)) seen.add(linkedDigest(value));
  }

  async #tick(batch: RowBatch): Promise<void> {
    this.options.signal?.throwIfAborted();
    this.options.progress?.({ phase: "importing", done: (this.#done += batch.count), unit: "rows" });
    await this.blocks.drain();
  }
}

async function* follow<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncIterable<T> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}
