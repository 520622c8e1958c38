/** What the dialect remembers while the server runs: what it computed, uploads under way, export jobs. All of it may be lost. */
import type { Value } from "@sheaf/core";
import type { Desk } from "../../desk.js";

/** What was computed lately, by a key that says all that it depends on. */
export class Recent<T> {
  readonly #kept = new Map<string, T>();

  constructor(readonly most: number) {}

  get(key: string): T | undefined {
    return this.#kept.get(key);
  }

  /** Keeps it, and lets go of the oldest where there are too many; gives it back. */
  keep(key: string, value: T): T {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > this.most && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }

  values(): T[] {
    return [...this.#kept.values()];
  }
}

/** Rows that differ. */
export interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export class State {
  readonly counts = new Recent<Counts>(10_000);
  /** By dataset CID: columns with their types. */
  readonly columns = new Recent<Value[]>(64);
  /** Names of authors, by commit. */
  readonly authors = new Recent<string>(10_000);
}

const states = new WeakMap<Desk, State>();

export function stateOf(desk: Desk): State {
  let state = states.get(desk);
  if (!state) states.set(desk, (state = new State()));
  return state;
}
