/**
 * Columns of a flat record, beside which stand the system's own: a column with such a name gets an `@` in front (and so does one that begins so already);
 * written back it loses it.
 */
import { renameKeys, type ValueObject } from "@sheaf/core";

export class Columns {
  constructor(readonly systems: readonly string[]) {}

  /** An item as it is shown. */
  shown(item: ValueObject): ValueObject {
    return renameKeys(item, column => (this.#isSystems(column) ? `@${column}` : column));
  }

  /** Takes back {@link shown}. */
  own(item: ValueObject): ValueObject {
    return renameKeys(item, column => (column.startsWith("@") && this.#isSystems(column) ? column.slice(1) : column));
  }

  #isSystems(column: string): boolean {
    return this.systems.includes(column.replace(/^@+/, ""));
  }
}
