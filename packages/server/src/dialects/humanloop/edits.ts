/**
 * Humanloop's edits as a patch: the rows that a dataset has become the datapoints that are wanted.
 *
 * A row whose datapoint is wanted stays as it is, with its id and attributes; what goes, comes or stands elsewhere is changed, and nothing else.
 */
import {
  IdMaker,
  longestRun,
  manyBetween,
  pointer,
  splitRowKey,
  type DatasetVersion,
  type Operation,
  type Platform,
  type ValueObject,
} from "@sheaf/core";
import type { NewRow } from "../catalog/batches.js";
import { fromStored, holds, joined, type Contents, type DigestList } from "./content.js";
import { digestOf, itemOf, type Datapoint } from "./datapoint.js";

export type Action = "set" | "add" | "remove";

/** A datapoint that is given; `rowId` is the id that a new row shall have, if it is free. */
export type GivenPoint = Datapoint & { readonly rowId?: string };

/** Datapoints by their digests, in the order in which they were given. */
export type Given = ReadonlyMap<string, GivenPoint>;

/** Datapoints after which others have their turn. */
const atOnce = 1000;

/** Each of them once. Many of them hold nobody up. */
export async function givenOf(
  platform: Platform,
  points: Iterable<GivenPoint> | AsyncIterable<GivenPoint>,
): Promise<Given> {
  const given = new Map<string, GivenPoint>();
  let count = 0;
  for await (const point of points) {
    if (++count % atOnce === 0) await platform.pause();
    const digest = digestOf(platform, point);
    if (!given.has(digest)) given.set(digest, point);
  }
  return given;
}

/** The datapoints of the version that comes out. */
export async function resultOf(
  contents: Contents,
  action: Action,
  base: DatasetVersion | undefined,
  given: Given,
): Promise<DigestList> {
  if (action === "set") return joined([], given.keys());
  const list = base ? await contents.list(base) : [];
  return action === "add" ? joined(list, given.keys()) : list.filter(digest => !given.has(digest));
}

/** Operations, and the rows that they alone are about, where that is so. */
export interface RowEdit {
  readonly patch: readonly Operation[];
  readonly rows?: readonly string[];
  /** Instead of operations: rows that come in at the end, so many that they had better stream in. */
  readonly added?: readonly NewRow[];
}

/** So many new rows are better imported than patched in. */
const many = 1000;

/** The patch that makes of the head what an action makes of the base. */
export async function editOf(
  contents: Contents,
  action: Action,
  { head, base }: { head: DatasetVersion | undefined; base: DatasetVersion | undefined },
  given: Given,
): Promise<RowEdit> {
  const isSame = base?.info.cid === head?.info.cid;
  if (!head || (action !== "remove" && head.info.count === 0 && (isSame || action === "set")))
    return appended(contents, head, [], given);
  if (action === "add" && isSame) return appended(contents, head, await contents.list(head), given);
  if (action === "remove" && isSame) return removed(contents, head, given);
  const wanted = action === "set" ? sourcesOf(given) : await changed(contents, action, base, given);
  return { patch: await arranged(contents, head, wanted) };
}

async function appended(
  contents: Contents,
  head: DatasetVersion | undefined,
  list: DigestList,
  given: Given,
): Promise<RowEdit> {
  const fresh = [...given].filter(([digest]) => !holds(list, digest));
  const ids = new NewIds(contents, async id => (await head?.cid(id)) !== undefined);
  const added: NewRow[] = [];
  for (const [digest, point] of fresh) {
    // An import makes ids as we do, and knows at once which are taken.
    const isPlain = fresh.length >= many && point.rowId === undefined;
    added.push({ item: itemOf(point), ...(isPlain ? {} : { id: await ids.of(point.rowId, digest) }) });
  }
  if (fresh.length >= many) return { patch: [], added };
  return { patch: patchOf(added), rows: added.map(({ id = "" }) => id) };
}

/** The operations that add rows at the end. */
export function patchOf(added: readonly NewRow[]): Operation[] {
  return added.map(({ id = "-", item }) => ({ op: "add", path: pointer("items", id), value: item }));
}

async function removed(contents: Contents, head: DatasetVersion, given: Given): Promise<RowEdit> {
  const rows: string[] = [];
  for await (const { digests, key } of contents.digests(head))
    digests.forEach((digest, i) => given.has(digest) && rows.push(splitRowKey(key(i)).id));
  return { rows, patch: rows.map(id => ({ op: "remove", path: pointer("items", id) })) };
}

/** Where a wanted datapoint comes from: its item in the block's form, and its row's id elsewhere. */
interface Source {
  readonly id?: string | undefined;
  readonly item: () => Promise<ValueObject>;
}

type Wanted = Map<string, Source>;

function sourcesOf(given: Given): Wanted {
  return new Map(
    Array.from(given, ([digest, point]) => [digest, { id: point.rowId, item: async () => itemOf(point) }]),
  );
}

/** What a base becomes. */
async function changed(
  contents: Contents,
  action: Action,
  base: DatasetVersion | undefined,
  given: Given,
): Promise<Wanted> {
  const wanted: Wanted = new Map();
  if (base)
    for await (const { digests, key } of contents.digests(base))
      for (const [i, digest] of digests.entries()) {
        if (wanted.has(digest) || (action === "remove" && given.has(digest))) continue;
        const { id } = splitRowKey(key(i));
        wanted.set(digest, { id, item: () => fromStored(base, id) });
      }
  if (action === "add")
    for (const [digest, source] of sourcesOf(given)) if (!wanted.has(digest)) wanted.set(digest, source);
  return wanted;
}

interface Row {
  readonly id: string;
  readonly position: string;
  readonly digest: string;
}

/** The patch after which the head's rows are those that are wanted, in their order. */
async function arranged(contents: Contents, head: DatasetVersion, wanted: Wanted): Promise<Operation[]> {
  const rows: Row[] = [];
  const first = new Map<string, number>();
  for await (const { digests, key } of contents.digests(head))
    digests.forEach((digest, i) => {
      if (!first.has(digest)) first.set(digest, rows.length);
      rows.push({ ...splitRowKey(key(i)), digest });
    });
  const gone = rows.filter(({ digest }) => !wanted.has(digest));
  const stay = new Set(rows.filter(({ digest }) => wanted.has(digest)).map(({ id }) => id));
  const ids = new NewIds(contents, async id => stay.has(id));
  const patch: Operation[] = gone.map(({ id }) => ({ op: "remove", path: pointer("items", id) }));
  const order = [...wanted].map(([digest, source]) => ({
    digest,
    source,
    row: rows[first.get(digest) ?? -1] as Row | undefined,
  }));
  const places = placesOf(
    order.map(({ row }) => row),
    first,
  );
  for (const [i, { digest, source, row }] of order.entries()) {
    const id = row?.id ?? (await ids.of(source.id, digest));
    if (!row) patch.push({ op: "add", path: pointer("items", id), value: await source.item() });
    const position = places[i];
    if (position !== undefined) patch.push({ op: "add", path: pointer("positions", id), value: position });
  }
  return patch;
}

/** For each row that is wanted, in order, its new position; `undefined` where it stays. What is no row yet always gets one. */
function placesOf(
  order: readonly (Row | undefined)[],
  first: ReadonlyMap<string, number>,
): readonly (string | undefined)[] {
  const stays = longestRun(Int32Array.from(order, row => (row ? (first.get(row.digest) ?? -1) : -1)));
  const places: (string | undefined)[] = [];
  let low: string | undefined;
  for (let i = 0, end = 0; i < order.length; i = end + 1) {
    for (end = i; end < order.length && stays[end] === 0;) end++;
    const high = end < order.length ? order[end]?.position : undefined;
    const between = end > i ? manyBetween(low, high, end - i) : [];
    if (!between) return manyBetween(undefined, undefined, order.length) ?? [];
    places.push(...between);
    if (end < order.length) places.push(undefined);
    low = high;
  }
  return places;
}

/** Ids of new rows: made of their content, as everywhere in Sheaf, and the same each time unless they are taken. */
class NewIds {
  readonly #made = new Set<string>();
  readonly #maker: IdMaker;
  readonly #digest = new Uint8Array(32);

  constructor(
    { repo }: Contents,
    readonly isTaken: (id: string) => Promise<boolean>,
  ) {
    this.#maker = new IdMaker(repo.context.platform);
  }

  /** The id of a row that has one elsewhere: that one, unless it is taken. Else it is made of the datapoint's digest. */
  async of(id: string | undefined, digest: string): Promise<string> {
    if (id === undefined || this.#made.has(id) || (await this.isTaken(id))) return this.#make(digest);
    this.#made.add(id);
    return id;
  }

  async #make(digest: string): Promise<string> {
    for (let i = 0; i < this.#digest.length; i++) this.#digest[i] = digest.charCodeAt(i);
    for (let ordinal = 0; ; ordinal++) {
      const id = this.#maker.make(this.#digest, ordinal);
      if (this.#made.has(id) || (await this.isTaken(id))) continue;
      this.#made.add(id);
      return id;
    }
  }
}
