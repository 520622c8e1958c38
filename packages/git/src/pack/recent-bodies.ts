/** Bodies that were used lately, in bounded memory: differences in a row share their bases. */
import type { GitObject } from "../object.js";

export class RecentBodies {
  readonly #kept = new Map<number, GitObject>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  get(entry: number): GitObject | undefined {
    const found = this.#kept.get(entry);
    if (!found) return undefined;
    this.#kept.delete(entry);
    this.#kept.set(entry, found);
    return found;
  }

  set(entry: number, object: GitObject): void {
    if (this.#kept.has(entry) || object.body.length > this.maxBytes / 2) return;
    this.#kept.set(entry, object);
    this.#bytes += object.body.length;
    for (const [oldest, { body }] of this.#kept) {
      if (this.#bytes <= this.maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= body.length;
    }
  }
}
