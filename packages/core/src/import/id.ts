/** Where the id of an imported row comes from: the input itself, fields of the item (`--key`), or the item's content. */
import { badInput } from "../errors.js";
import { IdMaker, uuidBytes } from "../dataset/made-id.js";
import { idFault, maxIdBytes } from "../dataset/path.js";
import { fieldOf, findText, type TextSpan } from "../item/field.js";
import { printJson } from "../item/json.js";
import type { Value } from "../item/value.js";
import type { Platform } from "../platform.js";
import { utf8 } from "../text.js";
import type { LineBook, RowBatch } from "./row-batch.js";
import { Tally } from "./tally.js";

const encoder = new TextEncoder();

/** Chooses ids, row by row in the order of the input. */
export class IdChooser {
  readonly #maker: IdMaker;
  #tally = new Tally();
  readonly #keys: readonly string[];
  /** The bytes of the one key, if there is one. */
  readonly #keyBytes: Uint8Array | undefined;
  readonly #found: TextSpan = { start: 0, end: 0 };

  constructor(
    platform: Platform,
    key: string | readonly string[] | undefined,
    readonly lines: LineBook,
  ) {
    this.#maker = new IdMaker(platform);
    this.#keys = key === undefined ? [] : typeof key === "string" ? [key] : key;
    this.#keyBytes = this.#keys.length === 1 ? utf8(this.#keys[0]) : undefined;
  }

  /** Says whether ids come from the content, so that equal rows are told apart by ordinals. */
  get makes(): boolean {
    return this.#keys.length === 0;
  }

  /** The id of row `i` of the batch, the `row`-th of the input; throws bad-input when the key field is absent or no id can be made of it. */
  choose(batch: RowBatch, i: number, row: number, digest: Uint8Array): string {
    const id =
      batch.ids?.[i] ??
      (this.makes ? this.#maker.make(digest, this.#tally.next(digest)) : this.#fromFields(batch, i, row));
    const fault = idFault(id);
    if (fault !== undefined) throw badInput(fault, { ...this.lines.place(row), id });
    return id;
  }

  /**
   * As {@link choose} where ids are made, but writes the bytes of the UUIDs of `count` digests into `out`.
   *
   * Many at once, so that the processor fetches what it needs of the tally for several together.
   */
  makeMany(digests: Uint8Array, count: number, out: Uint8Array): void {
    const ordinals = new Uint32Array(count);
    for (let i = 0; i < count; i++) ordinals[i] = this.#tally.next(digests, i * 32);
    for (let i = 0; i < count; i++) this.#maker.makeInto(digests, i * 32, ordinals[i], out, i * uuidBytes);
  }

  /** As {@link choose} for the digest at `digests[digestAt, digestAt + 32)`, but writes the id as UTF-8 into `out` from `at` and gives where it ends. */
  write(
    batch: RowBatch,
    i: number,
    row: number,
    digests: Uint8Array,
    digestAt: number,
    out: Uint8Array,
    at: number,
  ): number {
    const { bytes, starts, ends } = batch.items;
    const found = this.#found;
    if (this.#keyBytes && !batch.ids && findText(bytes, starts[i], ends[i], this.#keyBytes, found)) {
      const length = found.end - found.start;
      // `choose` says what is wrong with an empty or long id, and knows `-`.
      if (length > 1 && length <= maxIdBytes) {
        for (let from = found.start; from < found.end; from++) out[at + from - found.start] = bytes[from];
        return at + length;
      }
    }
    const digest = digests.subarray(digestAt, digestAt + 32);
    return at + encoder.encodeInto(this.choose(batch, i, row, digest), out.subarray(at)).written;
  }

  /** Lets go of what was counted: no more ids will be chosen. */
  close(): void {
    this.#tally = new Tally();
  }

  /** The id of an item with this content and ordinal. */
  made(digest: Uint8Array, ordinal: number): string {
    return this.#maker.make(digest, ordinal);
  }

  #fromFields(batch: RowBatch, i: number, row: number): string {
    const block = batch.items.bytes.subarray(batch.items.starts[i], batch.items.ends[i]);
    if (this.#keys.length > 1) return this.#keys.flatMap(key => partOf(fieldOf(block, key))).join("/");
    const key = this.#keys[0];
    const value = fieldOf(block, key);
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "bigint")
      if (Number.isInteger(Number(value))) return String(value);
    const found = value === undefined ? "is absent" : `is ${printJson(value)}`;
    throw badInput(
      `the key field ${JSON.stringify(key)} ${found}; it must be text or an integer`,
      this.lines.place(row),
    );
  }
}

/** The part that a field gives to an id made of several; an absent field gives none. Two rows that come to the same id so are refused like any. */
function partOf(value: Value | undefined): string[] {
  if (value === undefined) return [];
  return [typeof value === "string" ? value : printJson(value)];
}
