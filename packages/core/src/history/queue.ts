/** A priority queue of commits, newest first: the order in which histories are walked. */

/** What the queue looks at: seconds since 1970. */
export interface Timed {
  readonly time: number;
}

/** Gives back what was put in, the greatest time first; equal times in the order they came. A binary heap: each step costs O(log n). */
export class NewestFirst<T extends Timed> {
  readonly #heap: { value: T; order: number }[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** What {@link pop} would give. */
  get top(): T | undefined {
    return this.#heap[0]?.value;
  }

  push(value: T): void {
    const heap = this.#heap;
    let at = heap.push({ value, order: this.#order++ }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): T | undefined {
    const heap = this.#heap;
    if (heap.length === 0) return undefined;
    this.#swap(0, heap.length - 1);
    const value = heap.pop()?.value;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return value;
      const best = left + 1 < heap.length && this.#precedes(left + 1, left) ? left + 1 : left;
      if (!this.#precedes(best, at)) return value;
      this.#swap(at, best);
      at = best;
    }
  }

  #precedes(a: number, b: number): boolean {
    const x = this.#heap[a];
    const y = this.#heap[b];
    return x.value.time > y.value.time || (x.value.time === y.value.time && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a];
    this.#heap[a] = this.#heap[b];
    this.#heap[b] = kept;
  }
}
