/** Counts how often each content came in one import, at 12 to 24 bytes for each distinct one. */

/**
 * A hash table from the first 52 bits of a digest to a count.
 *
 * Two contents that share 52 bits would share a count: their ids would still differ from each other, and still depend on the input alone.
 */
export class Tally {
  #keys = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #used = 0;

  /** How often this digest came before, from 0; counts this time. */
  next(digest: Uint8Array): number {
    const high = ((digest[0] << 12) | (digest[1] << 4) | (digest[2] >>> 4)) >>> 0;
    const low = ((digest[3] << 24) | (digest[4] << 16) | (digest[5] << 8) | digest[6]) >>> 0;
    const key = high * 2 ** 32 + low + 1;
    const slot = this.#slot(key, low);
    const seen = this.#counts[slot]++;
    if (seen === 0) {
      this.#keys[slot] = key;
      if (++this.#used * 4 > this.#keys.length * 3) this.#grow();
    }
    return seen;
  }

  #slot(key: number, low: number): number {
    const mask = this.#keys.length - 1;
    let slot = low & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Float64Array(keys.length * 2);
    this.#counts = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const slot = this.#slot(keys[i], (keys[i] - 1) % 2 ** 32);
      this.#keys[slot] = keys[i];
      this.#counts[slot] = counts[i];
    }
  }
}
