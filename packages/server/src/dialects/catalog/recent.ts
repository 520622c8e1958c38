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
