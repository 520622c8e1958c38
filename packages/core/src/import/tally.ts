/** Counts how often each content came in one import, at 11 to 22 bytes for each distinct one. */

/**
 * A hash set of the first 52 bits of digests, with counts beside for those that came again.
 *
 * Two contents that share 52 bits would share a count: their ids would still differ from each other, and still depend on the input alone.
 */
export class Tally {
  #keys = new Float64Array(1024);
  #used = 0;
  readonly #repeats = new Map<number, number>();

  /** How often the digest that stands at `at` came before, from 0; counts this time. */
  next(digests: Uint8Array, at = 0): number {
    const low = ((digests[at + 3] << 24) | (digests[at + 4] << 16) | (digests[at + 5] << 8) | digests[at + 6]) >>> 0;
    const key = ((digests[at] << 12) | (digests[at + 1] << 4) | (digests[at + 2] >>> 4)) * 2 ** 32 + low + 1;
    const slot = slotOf(this.#keys, key, low);
    if (this.#keys[slot] === key) return this.#again(key);
    this.#keys[slot] = key;
    if (++this.#used * 4 > this.#keys.length * 3) this.#grow();
    return 0;
  }

  #again(key: number): number {
    const seen = (this.#repeats.get(key) ?? 0) + 1;
    this.#repeats.set(key, seen);
    return seen;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    for (const key of this.#keys) if (key !== 0) keys[slotOf(keys, key, (key - 1) % 2 ** 32)] = key;
    this.#keys = keys;
  }
}

/** The slot that holds the key, or the free one where it belongs. */
function slotOf(keys: Float64Array, key: number, low: number): number {
  const mask = keys.length - 1;
  let slot = low & mask;
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
  return slot;
}
