/** Where a dag-cbor value ends, told by its heads alone. */

/**
 * Finds where the value at `at` ends; −1 when it does not end within the bytes.
 *
 * Looks at heads and at nothing else, so it is quick, and right for what is canonical; of anything else it makes a guess that is for a hash to prove.
 */
export function guessEnd(bytes: Uint8Array, at: number): number {
  let left = 1;
  let next = at;
  while (left > 0 && next < bytes.length) {
    const head = bytes[next++];
    const major = head >> 5;
    let argument = head & 31;
    if (argument >= 24) {
      if (argument > 27) return -1;
      const length = 1 << (argument - 24);
      // Lengths of eight bytes are beyond any block of ours; integers and floats are not looked at.
      argument = length === 8 ? Infinity : readNumber(bytes, next, length);
      next += length;
    }
    left--;
    if (major === 2 || major === 3) next += argument;
    else if (major === 4) left += argument;
    else if (major === 5) left += 2 * argument;
    else if (major === 6) left++;
  }
  return left === 0 && next <= bytes.length ? next : -1;
}

function readNumber(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at];
  if (length === 2) return (bytes[at] << 8) | bytes[at + 1];
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
