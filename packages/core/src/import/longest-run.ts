/** Which rows may stay where they stand when all are to be put in a new order. */

/**
 * Marks a longest strictly increasing subsequence of `ranks`, leaving out negative numbers (rows that have no place yet).
 *
 * O(n log n) time, 8 bytes a row. Idea: patience sorting (Fredman 1975).
 */
export function longestRun(ranks: Int32Array): Uint8Array {
  const kept = new Uint8Array(ranks.length);
  const before = new Int32Array(ranks.length);
  const tops = new Int32Array(ranks.length);
  let length = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (ranks[i] < 0) continue;
    const pile = pileOf(ranks, tops, length, ranks[i]);
    before[i] = pile > 0 ? tops[pile - 1] : -1;
    tops[pile] = i;
    if (pile === length) length++;
  }
  for (let i = length > 0 ? tops[length - 1] : -1; i >= 0; i = before[i]) kept[i] = 1;
  return kept;
}

/** The first pile whose top is not below `rank`; looks at the last pile first, for rows mostly come in order. */
function pileOf(ranks: Int32Array, tops: Int32Array, length: number, rank: number): number {
  if (length === 0 || ranks[tops[length - 1]] < rank) return length;
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranks[tops[middle]] < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
