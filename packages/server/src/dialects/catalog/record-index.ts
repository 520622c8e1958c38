/** Records found by a field of theirs: an index that is made again when records of the kind changed. */
import { fieldOf } from "@sheaf/core";
import type { Desk } from "../../desk.js";
import { recordsNow } from "./records.js";

export class RecordIndex {
  #cid: string | undefined;
  #ids: ReadonlyMap<unknown, readonly string[]> = new Map();

  constructor(
    readonly kind: string,
    readonly field: string,
  ) {}

  /** The ids of the records that hold this text in the field, in the order in which they came. */
  async of(desk: Desk, text: string): Promise<readonly string[]> {
    const version = await recordsNow(desk, this.kind);
    if (!version) return [];
    const { cid } = version.info;
    if (this.#cid !== cid) {
      const ids = new Map<unknown, string[]>();
      for await (const batch of version.batches())
        batch.blocks.forEach((block, i) => {
          const value = fieldOf(block, this.field);
          if (typeof value !== "string") return;
          const own = ids.get(value);
          if (own) own.push(batch.ids[i]);
          else ids.set(value, [batch.ids[i]]);
        });
      this.#ids = ids;
      this.#cid = cid;
    }
    return this.#ids.get(text) ?? [];
  }
}
