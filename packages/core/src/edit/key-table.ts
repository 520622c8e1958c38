/**
 * Ranks with a short value each, taken in any order and walked in byte order: what an import in progress knows of its rows.
 *
 * Ten million rows must fit beside all else, so nothing here is a JavaScript object per row.
 */

/** Bytes of one chunk of the arena; records never cross chunks. */
const chunkBytes = 4 << 20;

/** Records are `[length of key: 2][key][length of value: 1][value]`, named by their row number: the order in which they were added, from 0. */
export class KeyTable {
  #chunks: Uint8Array[] = [];
  #used = chunkBytes;
  /** For row r: chunk × chunkBytes + offset, so 4 GiB at most. Blocks of 64 Ki numbers, so that growing copies nothing. */
  #places: Uint32Array[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds the next row: the first `keyLength` bytes of `key` (below 65,536) and `valueLength` of `value` (below 256). Both are copied. */
  add(key: Uint8Array, keyLength: number, value: Uint8Array, valueLength: number): void {
    const size = 3 + keyLength + valueLength;
    if (this.#used + size > chunkBytes) {
      this.#chunks.push(new Uint8Array(chunkBytes));
      this.#used = 0;
    }
    const chunk = this.#chunks[this.#chunks.length - 1] as Uint8Array;
    let at = this.#used;
    const row = this.#count++;
    if ((row & 0xffff) === 0) this.#places.push(new Uint32Array(0x10000));
    (this.#places[row >>> 16] as Uint32Array)[row & 0xffff] = (this.#chunks.length - 1) * chunkBytes + at;
    chunk[at++] = keyLength >>> 8;
    chunk[at++] = keyLength & 0xff;
    for (let i = 0; i < keyLength; i++) chunk[at++] = key[i];
    chunk[at++] = valueLength;
    for (let i = 0; i < valueLength; i++) chunk[at++] = value[i];
    this.#used = at;
  }

  /** The key of a row, as a view. */
  key(row: number): Uint8Array {
    const place = this.#place(row);
    const chunk = this.#chunks[Math.floor(place / chunkBytes)] as Uint8Array;
    const at = place % chunkBytes;
    return chunk.subarray(at + 2, at + 2 + chunk[at] * 256 + chunk[at + 1]);
  }

  /** The value of a row, as a view. */
  value(row: number): Uint8Array {
    const place = this.#place(row);
    const chunk = this.#chunks[Math.floor(place / chunkBytes)] as Uint8Array;
    const at = (place % chunkBytes) + 2;
    const start = at + chunk[at - 2] * 256 + chunk[at - 1];
    return chunk.subarray(start + 1, start + 1 + chunk[start]);
  }

  /** The row numbers in the byte order of their keys; equal keys in the order in which they came. */
  sorted(): Uint32Array {
    const rows = new Uint32Array(this.#count);
    for (let i = 0; i < rows.length; i++) rows[i] = i;
    this.#sort(rows, 0, rows.length, 0);
    return rows;
  }

  #place(row: number): number {
    return (this.#places[row >>> 16] as Uint32Array)[row & 0xffff];
  }

  /** Sorts rows[from, to), whose keys agree in their first `depth` bytes: by the next six bytes, then each run of equals by what follows. */
  #sort(rows: Uint32Array, from: number, to: number, depth: number): void {
    if (to - from < 2) return;
    if (to - from <= 64) return this.#sortFew(rows, from, to, depth);
    const start = depth + this.#sharedPrefix(rows, from, to, depth);
    const ranks = new Float64Array(to - from);
    for (let i = from; i < to; i++) ranks[i - from] = this.#rank(rows[i], start);
    sortByRank(ranks, rows, from);
    for (let i = from; i < to; ) {
      let end = i + 1;
      while (end < to && ranks[end - from] === ranks[i - from]) end++;
      if (ranks[i - from] % 2 === 1) this.#sort(rows, i, end, start + rankBytes);
      else rows.subarray(i, end).sort();
      i = end;
    }
  }

  #sortFew(rows: Uint32Array, from: number, to: number, depth: number): void {
    const few = Array.from(rows.subarray(from, to), row => ({ row, key: this.key(row) }));
    few.sort((a, b) => compareFrom(a.key, b.key, depth) || a.row - b.row);
    few.forEach(({ row }, i) => (rows[from + i] = row));
  }

  /** How many bytes from `depth` on all these keys share. */
  #sharedPrefix(rows: Uint32Array, from: number, to: number, depth: number): number {
    const first = this.key(rows[from]);
    let shared = first.length - depth;
    for (let i = from + 1; i < to && shared > 0; i++) {
      const key = this.key(rows[i]);
      let same = 0;
      while (same < shared && depth + same < key.length && key[depth + same] === first[depth + same]) same++;
      shared = same;
    }
    return shared;
  }

  /**
   * Six bytes of the key from `start` on as a number that sorts like them: each byte + 1, 0 past the end, and as the last bit
   * whether more bytes follow. 257⁶ × 2 is below 2⁵³.
   */
  #rank(row: number, start: number): number {
    const place = this.#place(row);
    const chunk = this.#chunks[Math.floor(place / chunkBytes)] as Uint8Array;
    const at = place % chunkBytes;
    const length = chunk[at] * 256 + chunk[at + 1];
    let rank = 0;
    for (let i = start; i < start + rankBytes; i++) rank = rank * 257 + (i < length ? chunk[at + 2 + i] + 1 : 0);
    return rank * 2 + (length > start + rankBytes ? 1 : 0);
  }
}

const rankBytes = 6;

function compareFrom(a: Uint8Array, b: Uint8Array, from: number): number {
  const shared = Math.min(a.length, b.length);
  for (let i = from; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Sorts ranks, and rows[from…] with them, by four passes of a radix sort over 13 bits (LSD), stable. */
function sortByRank(ranks: Float64Array<ArrayBuffer>, rows: Uint32Array, from: number): void {
  const count = ranks.length;
  let fromRanks = ranks;
  let fromRows = rows.slice(from, from + count);
  let toRanks = new Float64Array(count);
  let toRows = new Uint32Array(count);
  for (let pass = 0; pass < 4; pass++) {
    const unit = 2 ** (pass * 13);
    const starts = new Uint32Array(8193);
    for (let i = 0; i < count; i++) starts[(Math.floor(fromRanks[i] / unit) % 8192) + 1]++;
    for (let i = 0; i < 8192; i++) starts[i + 1] += starts[i];
    for (let i = 0; i < count; i++) {
      const to = starts[Math.floor(fromRanks[i] / unit) % 8192]++;
      toRanks[to] = fromRanks[i];
      toRows[to] = fromRows[i];
    }
    [fromRanks, toRanks] = [toRanks, fromRanks];
    [fromRows, toRows] = [toRows, fromRows];
  }
  if (fromRanks !== ranks) ranks.set(fromRanks);
  rows.set(fromRows, from);
}
