/** Patches drawn at random, beside what they do to plain rows. */
import { pointer, type PlainOperation } from "@sheaf/core";
import type { Dice } from "./commands.js";
import { byPosition, Refused, type PlainDataset, type PlainItem, type PlainRow } from "./plain.js";

/** An item that often equals another, and sometimes has keys that need escaping. */
export function itemFrom(dice: Dice): PlainItem {
  const item: Record<string, unknown> = { k: dice.roll(9) };
  if (dice.chance(2)) item["a"] = dice.pick([0, 1, "x", "", null, true, 2.5]);
  if (dice.chance(3)) item["b"] = dice.pick([{}, { c: 1 }, { c: 2, d: "é" }, [1, 2]]);
  if (dice.chance(5)) item[dice.pick(["", "@meta", "@@meta", "@id", "a/b", "~"]) as string] = dice.roll(3);
  return item;
}

/** Rows as a patch changes them, one operation at a time. */
export class Patch {
  readonly operations: PlainOperation[] = [];
  rows: PlainRow[];
  meta: PlainItem;

  constructor(
    readonly dataset: PlainDataset,
    readonly dice: Dice,
  ) {
    this.rows = [...dataset.rows];
    this.meta = dataset.meta;
  }

  step(): void {
    const row = this.dice.pick(this.rows);
    const kind = this.dice.roll(8);
    if (kind === 0 || !row) return this.#append();
    if (kind === 1) return this.#describe();
    const path = pointer("items", row.id);
    if (kind === 2) {
      this.rows = this.rows.filter(other => other !== row);
      this.operations.push({ op: "remove", path });
    } else if (kind === 3) this.#place(row);
    else if (kind === 4) this.#replace(row, itemFromBlock(this.dice), path, "replace");
    else if (kind === 5) {
      const expected = this.dice.chance(4) ? this.dice.roll(9) : row.item["k"];
      this.operations.push({ op: "test", path: `${path}/k`, value: expected });
      if (expected !== row.item["k"]) throw new Refused("test failed");
    } else {
      const value = this.dice.pick([7, "seven", null, { deep: [] }]);
      const name = this.dice.pick(["a", "n/m", "k"]) as string;
      this.operations.push({ op: "add", path: pointer("items", row.id, name), value });
      this.#replace(row, { ...row.item, [name]: value });
    }
  }

  #replace(row: PlainRow, item: PlainItem, path?: string, op: "replace" | "add" = "add"): void {
    if (path !== undefined) this.operations.push({ op, path, value: item });
    this.rows = this.rows.map(other => (other === row ? { ...row, item } : other));
  }

  #append(): void {
    const item = itemFromBlock(this.dice);
    const id = `n${this.dice.roll(5)}/~`;
    this.operations.push({ op: "add", path: pointer("items", id), value: item });
    const known = this.rows.find(row => row.id === id);
    if (known) this.#replace(known, item);
    else this.rows.push({ id, item });
  }

  #describe(): void {
    const description = this.dice.pick(["one", "two", null]);
    this.operations.push({ op: "add", path: "/meta/description", value: description });
    this.meta = { ...this.meta, description };
  }

  /** Gives a row the position of another one. */
  #place(row: PlainRow): void {
    const target = this.dice.pick(this.rows.filter(({ position }) => position !== undefined));
    if (!target) return;
    this.operations.push({ op: "add", path: pointer("positions", row.id), value: target.position });
    this.rows = this.rows.map(other => (other === row ? { ...row, position: target.position } : other));
  }

  /** Rows in their order; those without a position stand at the end, in the order in which they came. */
  get result(): PlainDataset {
    const placed = this.rows.filter(({ position }) => position !== undefined).sort(byPosition);
    return {
      ...this.dataset,
      meta: this.meta,
      rows: [...placed, ...this.rows.filter(({ position }) => position === undefined)],
    };
  }
}

/** Items in the block's form, as patches have them: without keys that would need escaping. */
function itemFromBlock(dice: Dice): PlainItem {
  const { "@meta": _one, "@@meta": _two, ...item } = itemFrom(dice);
  return item;
}
