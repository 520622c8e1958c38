/** Blame for the fields of one row: for each the commit that gave it the value that it has. */
import type { BlockReader } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { below, parsePointer } from "../edit/pointer.js";
import { decode } from "../item/cbor.js";
import { getKey, isObject, sameValue, type Value } from "../item/value.js";
import { decodeCommit } from "../history/commit.js";
import { NewestFirst } from "../history/queue.js";
import { findRow, type RowState } from "../dataset/lookup.js";
import { findRowFrom, traceDataset, traceFrom, type Trace } from "../history/trace.js";

/** Where the value of a field comes from. `time` is the committer's, in seconds. */
export interface FieldOrigin {
  readonly commit: Digest;
  readonly time: number;
}

/** A commit to be looked at, and the fields that its row has in common with the row asked about. */
interface Visit {
  readonly commit: Digest;
  readonly time: number;
  readonly parents: readonly Digest[];
  readonly trace: Trace;
  readonly row: RowState;
  readonly fields: readonly string[];
}

/**
 * Gives the origin of each field of a row at a commit, by JSON Pointer, in the order of the item; `undefined` when the row is not there.
 *
 * Objects are gone into, arrays and everything else count as one value. At a merge a value comes from the first parent that has it. Reads the history of the
 * row, and of its items only those that differ.
 */
export async function blameFields(
  reader: BlockReader,
  commit: Digest,
  { dataset, row: id, path }: { readonly dataset: DatasetId; readonly row: string; readonly path?: string | undefined },
): Promise<Map<string, FieldOrigin> | undefined> {
  const { snapshot, committer, parents } = decodeCommit(await reader.load(commit));
  const trace = await traceDataset(reader, snapshot, dataset, path);
  const row = trace.dataset && (await findRow(reader, trace.dataset.block, id));
  if (!row) return undefined;
  const item = decode(await reader.load(row.item)) as Value;
  const fields = fieldsOf(item);
  const walk = new FieldWalk(reader, dataset, id, item);
  await walk.run({ commit, time: committer.time, parents, trace, row, fields });
  return new Map(
    fields.flatMap(field => (walk.origins.has(field) ? [[field, walk.origins.get(field) as FieldOrigin]] : [])),
  );
}

class FieldWalk {
  readonly origins = new Map<string, FieldOrigin>();
  readonly #open = new NewestFirst<Visit>();

  constructor(
    readonly reader: BlockReader,
    readonly dataset: DatasetId,
    readonly id: string,
    readonly item: Value,
  ) {}

  async run(start: Visit): Promise<void> {
    this.#open.push(start);
    for (let visit = this.#open.pop(); visit; visit = this.#open.pop()) {
      for (const field of await this.#passOn(visit))
        this.origins.set(field, { commit: visit.commit, time: visit.time });
    }
  }

  /** Hands fields on to the parents that have them with the same value; gives those that no parent has so. */
  async #passOn({ parents, trace, row, fields }: Visit): Promise<readonly string[]> {
    let left = fields;
    const asked = new Set<string>();
    for (const parent of parents) {
      if (left.length === 0 || asked.has(printCid(parent))) continue;
      asked.add(printCid(parent));
      const commit = decodeCommit(await this.reader.load(parent));
      const before = await traceFrom(this.reader, trace, commit.snapshot, this.dataset);
      const was = await this.#rowIn(before, trace, row);
      if (!was) continue;
      const same = await this.#sameFields(was, row, left);
      if (same.length === 0) continue;
      this.#open.push({
        commit: parent,
        time: commit.committer.time,
        parents: commit.parents,
        trace: before,
        row: was,
        fields: same,
      });
      const gone = new Set(same);
      left = left.filter(field => !gone.has(field));
    }
    return left;
  }

  async #rowIn(trace: Trace, known: Trace, row: RowState): Promise<RowState | undefined> {
    if (!trace.dataset || !known.dataset) return undefined;
    return findRowFrom(this.reader, trace.dataset.block, this.id, { dataset: known.dataset.block, row });
  }

  async #sameFields(was: RowState, is: RowState, fields: readonly string[]): Promise<readonly string[]> {
    if (sameDigest(was.item, is.item)) return fields;
    const item = decode(await this.reader.load(was.item)) as Value;
    return fields.filter(field => sameAt(item, this.item, parsePointer(field)));
  }
}

/** The pointers of an item's values: those that are no objects, and empty objects. */
function fieldsOf(value: Value, at = ""): string[] {
  const keys = isObject(value) ? Object.keys(value) : [];
  return isObject(value) && keys.length > 0 ? keys.flatMap(key => fieldsOf(value[key], below(at, key))) : [at];
}

function sameAt(a: Value, b: Value, keys: readonly string[]): boolean {
  let [x, y]: (Value | undefined)[] = [a, b];
  for (const key of keys) {
    if (!isObject(x) || !isObject(y)) return false;
    [x, y] = [getKey(x, key), getKey(y, key)];
  }
  return x !== undefined && y !== undefined && sameValue(x, y);
}
