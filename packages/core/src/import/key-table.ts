/**
 * Ranks with a short value each, taken in any order and walked in byte order: what an import in progress knows of its rows.
 *
 * Ten million rows must fit beside all else, so nothing here is a JavaScript object per row.
 */

/** Bytes of one chunk of the arena; records never cross chunks. */
const chunkBits = 22;
const chunkBytes = 1 << chunkBits;
/** The first chunk is small, as most tables are. */
const firstChunkBytes = 2 ** 16;

/** Records are `[length of key: 2][key][length of value: 1][value]`, named by their row number: the order in which they were added, from 0. */
export class KeyTable {
  #chunks: Uint8Array[] = [];
  /** Bytes of the last chunk, and how many of them are used. */
  #room = 0;
  #used = 0;
  /** For row r: chunk × chunkBytes + offset, so 4 GiB at most. Blocks of 64 Ki numbers, so that growing copies nothing. */
  #places: Uint32Array[] = [];
  #count = 0;
  /** Of no meaning: keeps the compiler from leaving the loop of {@link fetch} out. */
  fetched = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds the next row: `keyLength` bytes of `key` (below 65,536) from `keyAt` on, and the first `valueLength` of `value` (below 256). Both are copied. */
  add(key: Uint8Array, keyLength: number, value: Uint8Array, valueLength: number, keyAt = 0): void {
    const size = 3 + keyLength + valueLength;
    if (this.#used + size > this.#room) {
      this.#room = this.#chunks.length === 0 && size <= firstChunkBytes ? firstChunkBytes : chunkBytes;
      this.#chunks.push(new Uint8Array(this.#room));
      this.#used = 0;
    }
    const chunk = this.#chunks[this.#chunks.length - 1];
    let at = this.#used;
    const row = this.#count++;
    if ((row & 0xffff) === 0) this.#places.push(new Uint32Array(0x10000));
    this.#places[row >>> 16][row & 0xffff] = (this.#chunks.length - 1) * chunkBytes + at;
    chunk[at++] = keyLength >>> 8;
    chunk[at++] = keyLength & 0xff;
    for (let i = 0; i < keyLength; i++) chunk[at++] = key[keyAt + i];
    chunk[at++] = valueLength;
    for (let i = 0; i < valueLength; i++) chunk[at++] = value[i];
    this.#used = at;
  }

  /** The key of a row, as a view. */
  key(row: number): Uint8Array {
    const place = this.#place(row);
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    return chunk.subarray(at + 2, at + 2 + chunk[at] * 256 + chunk[at + 1]);
  }

  /** Copies the key of a row into `out` and gives its length. */
  copyKey(row: number, out: Uint8Array): number {
    const place = this.#place(row);
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    const length = chunk[at] * 256 + chunk[at + 1];
    for (let i = 0; i < length; i++) out[i] = chunk[at + 2 + i];
    return length;
  }

  /** The value of a row, as a view. */
  value(row: number): Uint8Array {
    const place = this.#place(row);
    const chunk = this.#chunks[place >>> chunkBits];
    const at = (place & (chunkBytes - 1)) + 2;
    const start = at + chunk[at - 2] * 256 + chunk[at - 1];
    return chunk.subarray(start + 1, start + 1 + chunk[start]);
  }

  /** Brings rows near, so that what is asked about them next is known at once: in a loop that does nothing else, the processor waits for many of them together. */
  fetch(rows: Uint32Array, from: number, to: number): void {
    let sum = 0;
    for (let i = from; i < to; i++) {
      const place = this.#place(rows[i]);
      sum ^= this.#chunks[place >>> chunkBits][place & (chunkBytes - 1)];
    }
    this.fetched = sum;
  }

  /** The row numbers in the byte order of their keys; equal keys in the order in which they came. */
  sorted(): Uint32Array {
    const rows = new Uint32Array(this.#count);
    for (let i = 0; i < rows.length; i++) rows[i] = i;
    this.#sort(rows, 0);
    return rows;
  }

  #place(row: number): number {
    return this.#places[row >>> 16][row & 0xffff];
  }

  /**
   * Sorts rows, whose keys agree in their first `depth` bytes: by the next few bytes, then each run of equals by what follows.
   *
   * Those bytes and the place of the row become one number of 64 bits, as an array of such is sorted without calling back: ten times faster.
   */
  #sort(rows: Uint32Array, depth: number): void {
    if (rows.length <= few) return this.#sortFew(rows, depth);
    const start = depth + this.#sharedPrefix(rows, depth);
    const ranking = new Ranking(this.#lettersFrom(rows, start), rows.length);
    const numbers = new BigUint64Array(rows.length);
    const words = new Uint32Array(numbers.buffer);
    for (let i = 0; i < rows.length; i++) ranking.write(this.#rank(rows[i], start, ranking), i, words);
    numbers.sort();
    // At first each row stands at its own place.
    const before = depth === 0 ? undefined : rows.slice();
    for (let i = 0; i < rows.length; i++) {
      const place = ranking.place(words, i);
      rows[i] = before ? before[place] : place;
    }
    for (let i = 0, end = 0; i < rows.length; i = end) {
      for (end = i + 1; end < rows.length && ranking.areEqual(words, i, end);) end++;
      if (end - i > 1 && ranking.goesOn(words, i)) this.#sort(rows.subarray(i, end), start + ranking.digits);
    }
  }

  #sortFew(rows: Uint32Array, depth: number): void {
    for (let i = 1; i < rows.length; i++) {
      const row = rows[i];
      let at = i;
      for (; at > 0 && this.#compare(rows[at - 1], row, depth) > 0; at--) rows[at] = rows[at - 1];
      rows[at] = row;
    }
  }

  #compare(row: number, other: number, depth: number): number {
    const a = this.key(row);
    const b = this.key(other);
    const shared = Math.min(a.length, b.length);
    for (let i = depth; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
    return a.length - b.length;
  }

  /** How many bytes from `depth` on all these keys share. */
  #sharedPrefix(rows: Uint32Array, depth: number): number {
    const first = this.key(rows[0]);
    let shared = first.length - depth;
    for (let i = 1; i < rows.length && shared > 0; i++) {
      const key = this.key(rows[i]);
      let same = 0;
      while (same < shared && depth + same < key.length && key[depth + same] === first[depth + same]) same++;
      shared = same;
    }
    return shared;
  }

  /** Says of each byte whether it stands in one of these keys, not far behind `start`. */
  #lettersFrom(rows: Uint32Array, start: number): Uint8Array {
    const letters = new Uint8Array(256);
    for (let r = 0, found = 0; r < rows.length && found < 256; r++) {
      const place = this.#place(rows[r]);
      const chunk = this.#chunks[place >>> chunkBits];
      const at = (place & (chunkBytes - 1)) + 2;
      const end = Math.min(chunk[at - 2] * 256 + chunk[at - 1], start + mostDigits);
      for (let i = start; i < end; i++) {
        if (letters[chunk[at + i]] === 1) continue;
        letters[chunk[at + i]] = 1;
        found++;
      }
    }
    return letters;
  }

  /** The bytes of the key from `start` on as a number that sorts like them; its last bit says whether more bytes follow. */
  #rank(row: number, start: number, { digits, base, codes }: Ranking): number {
    const place = this.#place(row);
    const chunk = this.#chunks[place >>> chunkBits];
    const at = (place & (chunkBytes - 1)) + 2;
    const length = chunk[at - 2] * 256 + chunk[at - 1];
    let rank = 0;
    for (let i = start; i < start + digits; i++) rank = rank * base + (i < length ? codes[chunk[at + i]] : 0);
    return rank * 2 + (length > start + digits ? 1 : 0);
  }
}

/** So few rows are sorted by comparing their keys. */
const few = 12;
/** The most bytes of a key that go into one number. */
const mostDigits = 12;

/** How some bytes of a key, and the place of its row among others, become one number: only the bytes that occur are counted as digits. */
class Ranking {
  /** For each byte its digit, from 1; 0 stands for the end of the key. */
  readonly codes = new Uint16Array(256);
  readonly base: number;
  readonly digits: number;
  readonly #placeBits: number;
  readonly #placeMask: number;
  readonly #lowUnit: number;

  constructor(letters: Uint8Array, count: number) {
    let base = 1;
    for (let byte = 0; byte < 256; byte++) if (letters[byte] === 1) this.codes[byte] = base++;
    this.base = base;
    this.#placeBits = 32 - Math.clz32(count - 1);
    this.#placeMask = 2 ** this.#placeBits - 1;
    this.#lowUnit = 2 ** (32 - this.#placeBits);
    // One bit says whether more follows; beyond 53 bits a number is not exact.
    const bits = Math.min(53, 64 - this.#placeBits) - 1;
    let digits = 1;
    while (digits < mostDigits && base ** (digits + 1) <= 2 ** bits) digits++;
    this.digits = digits;
  }

  write(rank: number, place: number, words: Uint32Array): void {
    const high = Math.floor(rank / this.#lowUnit);
    words[2 * place] = (rank - high * this.#lowUnit) * (this.#placeMask + 1) + place;
    words[2 * place + 1] = high;
  }

  place(words: Uint32Array, i: number): number {
    return (words[2 * i] & this.#placeMask) >>> 0;
  }

  areEqual(words: Uint32Array, i: number, j: number): boolean {
    return (
      words[2 * i + 1] === words[2 * j + 1] && words[2 * i] >>> this.#placeBits === words[2 * j] >>> this.#placeBits
    );
  }

  /** Says whether the key at `i` has bytes beyond those in the number. */
  goesOn(words: Uint32Array, i: number): boolean {
    return ((words[2 * i] >>> this.#placeBits) & 1) === 1;
  }
}
