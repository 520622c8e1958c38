/**
 * A patch on a dataset seen as one document, `{ "meta": {…}, "items": { "<id>": {…} }, "positions": { "<id>": "<position>" } }`, of which only the parts that
 * the patch names are loaded.
 *
 * Step of the walk: edit. Gives the final changes and leaves it to the repository to turn them into rows. On top of RFC 6902:
 *
 * - `add /items/-` (also as the target of `move` or `copy`) appends under a made id;
 * - an item added without a position stands at the end, and so does one whose position was removed; a removed item loses its position;
 * - the document, `/items` and `/positions` as wholes cannot be named: that is what import is for.
 */
import { badInput, type Place } from "../errors.js";
import { getKey, isObject, setKey, type Value, type ValueObject } from "../item/value.js";
import type { Awaitable } from "../platform.js";
import { compareText } from "../text.js";
import { Draft, target, type Target } from "./draft.js";
import { parseOperation, type Operation } from "./operation.js";
import { applyOperation, draftFor } from "./patch.js";
import { pointer } from "./pointer.js";
import { readNeeds, type Needs } from "./route.js";

/** Where the parts of the document come from. Each part is asked for at most once. */
export interface DatasetSource {
  item(id: string): Awaitable<Value | undefined>;
  /** The position of a row, or `undefined` when there is no such row: also asked to find out whether an item exists. */
  position(id: string): Awaitable<string | undefined>;
  meta(): Awaitable<ValueObject>;
}

/** What the dataset decides about a patch. */
export interface DatasetRules {
  /** Makes the id of an appended item, one that the dataset does not hold; `isTaken` tells of those that this patch holds. */
  makeId(item: ValueObject, isTaken: (id: string) => boolean): Awaitable<string>;
  isPosition(text: string): boolean;
}

/** What a patch comes to. Maps are in UTF-8 byte order of their ids, and hold nothing that stayed as it was untouched. */
export interface DatasetChanges {
  /** The new metadata; absent when it is as it was. */
  readonly meta?: ValueObject;
  /** The new item, or `undefined` for one that goes, with its position. */
  readonly items: ReadonlyMap<string, ValueObject | undefined>;
  /** Positions that the patch gives to items that are there in the end. */
  readonly positions: ReadonlyMap<string, string>;
  /** Ids of the rows that shall stand behind all others, in this order. */
  readonly appended: readonly string[];
  /** The ids made for `/items/-`, in the order of the operations, whatever became of the items. */
  readonly made: readonly string[];
}

/**
 * Applies a patch to a dataset, all of it or nothing; loads the parts that it names, and bodies of items only where it looks inside.
 *
 * Throws what `applyPatch` throws, bad-input for an item that is not an object, an id or position that is none and a position without an item, and refused
 * for operations on the document, `/items` or `/positions` as a whole.
 */
export async function applyDatasetPatch(
  source: DatasetSource,
  patch: readonly Operation[],
  rules: DatasetRules,
): Promise<DatasetChanges> {
  const operations = patch.map((operation, index) => parseOperation(operation as unknown as Value, index));
  const before = await load(source, readNeeds(operations));
  const edit = new DatasetEdit(before, operations.length, rules);
  for (let index = 0; index < operations.length; index++) {
    const named = edit.named(operations[index], index);
    edit.apply(named instanceof Promise ? await named : named, index);
  }
  return edit.changes();
}

/** The parts of the document that were loaded, as one value. */
interface Parts extends ValueObject {
  readonly meta: ValueObject;
  readonly items: ValueObject;
  readonly positions: ValueObject;
}

/** Stands for an item that is there and into which the patch does not look. */
const unread: ValueObject = {};

async function load(source: DatasetSource, needs: Needs): Promise<Parts> {
  const parts: Parts = { meta: needs.meta ? await source.meta() : {}, items: {}, positions: {} };
  await each(
    needs.rows,
    id => source.position(id),
    (id, position) => {
      setKey(parts.positions, id, position);
      setKey(parts.items, id, unread);
    },
  );
  await each(
    needs.items,
    id => source.item(id),
    (id, item) => setKey(parts.items, id, item),
  );
  return parts;
}

/** Loads what is there of each id, some hundreds at a time. */
async function each<T>(
  ids: ReadonlySet<string>,
  read: (id: string) => Awaitable<T | undefined>,
  put: (id: string, value: T) => void,
): Promise<void> {
  const list = [...ids];
  for (let i = 0; i < list.length; i += 256) {
    const slice = list.slice(i, i + 256);
    const found = slice.map(read);
    const values = found.some(value => value instanceof Promise)
      ? await Promise.all(found.map(async value => value))
      : (found as (T | undefined)[]);
    values.forEach((value, n) => value !== undefined && put(slice[n], value));
  }
}

/** A patch at work: the draft, and what it means for the rows. */
class DatasetEdit {
  readonly #draft: Draft;
  /** Ids of items that came, or lost their position, in this order. */
  readonly #arrivals = new Set<string>();
  /** Positions given by this patch, and where. */
  readonly #placed = new Map<string, Place>();
  readonly #made: string[] = [];

  constructor(
    readonly before: Parts,
    operations: number,
    readonly rules: DatasetRules,
  ) {
    this.#draft = draftFor(before, operations);
  }

  /** The operation with a made id in the place of `/items/-`. */
  named(operation: Operation, index: number): Awaitable<Operation> {
    if (operation.path !== "/items/-") return operation;
    const value =
      operation.op === "add"
        ? operation.value
        : "from" in operation
          ? this.#draft.read(target(operation.from, index))
          : undefined;
    if (value === undefined) return operation;
    const place = { operation: index, pointer: operation.path };
    const made = this.rules.makeId(asItem(value, place), id => this.#holds("items", id));
    return made instanceof Promise
      ? made.then(id => this.#renamed(operation, id, place))
      : this.#renamed(operation, made, place);
  }

  #renamed(operation: Operation, id: string, place: Place): Operation {
    if (this.#holds("items", id)) throw badInput(`the id made for it, ${JSON.stringify(id)}, is taken`, place);
    this.#made.push(id);
    return { ...operation, path: pointer("items", id) };
  }

  apply(operation: Operation, index: number): void {
    const at = target(operation.path, index);
    const from = operation.op === "move" ? target(operation.from, index) : undefined;
    const [was, wasFrom] = [this.#stands(at), from && this.#stands(from)];
    applyOperation(this.#draft, operation, index);
    if (operation.op === "test") return;
    if (from && operation.op === "move" && operation.from !== operation.path) this.#follow(from, wasFrom ?? false);
    this.#follow(at, was);
  }

  /** The final changes. */
  changes(): DatasetChanges {
    const { meta, items, positions } = this.#draft.finish() as Parts;
    for (const [id, place] of this.#placed) {
      if (!Object.hasOwn(items, id)) throw badInput(`there is no item ${JSON.stringify(id)} to have a position`, place);
    }
    const touched = new Set([...Object.keys(this.before.items), ...Object.keys(items)].toSorted(compareText));
    return {
      ...(meta !== this.before.meta && { meta }),
      items: new Map(
        [...touched].flatMap(id => changed(id, this.before.items, items) as [string, ValueObject | undefined][]),
      ),
      positions: new Map(
        [...touched]
          .filter(id => this.#placed.has(id))
          .flatMap(id => changed(id, this.before.positions, positions) as [string, string][]),
      ),
      appended: [...this.#arrivals].filter(id => Object.hasOwn(items, id) && !this.#placed.has(id)),
      made: this.#made,
    };
  }

  #holds(part: "items" | "positions", id: string): boolean {
    return this.#draft.peek({ tokens: [part, id], place: {} }) !== undefined;
  }

  #stands(at: Target): boolean {
    return this.#draft.peek(at) !== undefined;
  }

  /** Checks what an operation left at a place, and draws the consequences for the row. */
  #follow(at: Target, was: boolean): void {
    const [part, id] = at.tokens;
    if (part === "meta") return this.#followMeta(at);
    if (at.tokens.length > 2) return;
    if (part === "items") this.#followItem(id, at, was);
    else this.#followPosition(id, at);
  }

  #followMeta({ tokens, place }: Target): void {
    if (tokens.length > 1) return;
    if (!isObject(this.#draft.peek({ tokens, place }))) throw badInput("the metadata must be an object", place);
  }

  #followItem(id: string, at: Target, was: boolean): void {
    const item = this.#draft.peek(at);
    if (item === undefined) {
      this.#arrivals.delete(id);
      this.#placed.delete(id);
      return;
    }
    asItem(item, at.place);
    if (!was) this.#arrivals.add(id);
  }

  #followPosition(id: string, at: Target): void {
    const position = this.#draft.peek(at);
    if (position === undefined) {
      this.#placed.delete(id);
      this.#arrivals.delete(id);
      if (this.#holds("items", id)) this.#arrivals.add(id);
      return;
    }
    if (typeof position !== "string" || !this.rules.isPosition(position))
      throw badInput("this is not a position", at.place);
    this.#placed.set(id, at.place);
  }
}

/** The entry of an id in a map of changes, if it changed. */
function changed(id: string, before: ValueObject, after: ValueObject): [string, Value | undefined][] {
  const [was, is] = [getKey(before, id), getKey(after, id)];
  return was === is ? [] : [[id, is]];
}

function asItem(value: Value, place: Place): ValueObject {
  if (!isObject(value)) throw badInput("an item must be an object", place);
  return value;
}
