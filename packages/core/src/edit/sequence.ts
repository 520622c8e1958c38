/**
 * Which elements of two sequences correspond: a longest common subsequence, or nearly one where the sequences are long and very different.
 *
 * Works on numbers that stand for the elements (equal number, equal element). Idea: E. W. Myers, "An O(ND) difference algorithm and its variations" (1986), in
 * linear space; elements that only one side has are set aside first and the search for a split is bounded, as git's xdiff does.
 */

/** From `before` `[start, end)` became `after` `[afterStart, afterEnd)`; at least one of them is not empty. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

type Numbers = ArrayLike<number>;

/**
 * Differences after which the search for the best split takes the furthest point instead: 256, and down to 32 for very long sequences, so that the time stays
 * near `length × bound` steps, some tens of millions at most up to a million elements.
 */
function searchBound(length: number): number {
  return Math.max(32, Math.min(256, Math.floor(2 ** 25 / length)));
}

/** For each element of `before` the index of its equal in `after`, or -1. Indices that are not -1 increase. */
export function matchSequences(before: Numbers, after: Numbers): Int32Array {
  const partners = new Int32Array(before.length).fill(-1);
  let head = 0;
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head] === after[head]) partners[head] = head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail++;
    partners[before.length - tail] = after.length - tail;
  }
  const left = shared(before, head, before.length - tail, after, head, after.length - tail);
  const right = shared(after, head, after.length - tail, before, head, before.length - tail);
  if (left.length > 0) new Matcher(before, left, after, right, partners).match();
  return partners;
}

/** The hunks between the elements that have partners, in order. */
export function hunks(partners: Int32Array, afterLength: number): Hunk[] {
  const found: Hunk[] = [];
  let start = 0;
  let afterStart = 0;
  for (let i = 0; i <= partners.length; i++) {
    const partner = i < partners.length ? partners[i] : afterLength;
    if (partner < 0) continue;
    if (i > start || partner > afterStart) found.push({ start, end: i, afterStart, afterEnd: partner });
    start = i + 1;
    afterStart = partner + 1;
  }
  return found;
}

/** Numbers texts (lines, words) for {@link matchSequences}: equal texts, equal numbers. */
export function numberTexts(...lists: readonly (readonly string[])[]): Int32Array[] {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  return lists.map(list => Int32Array.from(list, numberOf));
}

/** Indices in a range of `own` whose elements stand in a range of `other` too. */
function shared(
  own: Numbers,
  start: number,
  end: number,
  other: Numbers,
  otherStart: number,
  otherEnd: number,
): Int32Array {
  const known = new Set<number>();
  for (let i = otherStart; i < otherEnd; i++) known.add(other[i]);
  const indices: number[] = [];
  for (let i = start; i < end; i++) if (known.has(own[i])) indices.push(i);
  return Int32Array.from(indices);
}

/** Matches two lists of indices into two sequences by divide and conquer. */
class Matcher {
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** Furthest x by diagonal, from the front and, mirrored, from the back; `#zero` is the place of diagonal 0. */
  readonly #front: Int32Array;
  readonly #back: Int32Array;
  readonly #zero: number;
  readonly #bound: number;

  constructor(
    before: Numbers,
    readonly beforeIndices: Int32Array,
    after: Numbers,
    readonly afterIndices: Int32Array,
    readonly partners: Int32Array,
  ) {
    this.#before = beforeIndices.map(i => before[i]);
    this.#after = afterIndices.map(i => after[i]);
    const length = this.#before.length + this.#after.length;
    this.#bound = Math.min(searchBound(length), length);
    this.#zero = this.#bound + 2;
    this.#front = new Int32Array(2 * this.#zero + 1);
    this.#back = new Int32Array(2 * this.#zero + 1);
  }

  match(): void {
    const open: [number, number, number, number][] = [[0, this.#before.length, 0, this.#after.length]];
    for (let box = open.pop(); box !== undefined; box = open.pop()) {
      const [left, right, top, bottom] = this.#trim(box);
      if (left === right || top === bottom) continue;
      const [x, y] = this.#split(left, right, top, bottom);
      if ((x === 0 && y === 0) || (x === right - left && y === bottom - top)) continue;
      open.push([left, left + x, top, top + y], [left + x, right, top + y, bottom]);
    }
  }

  /** Matches what is equal at both ends of a box, and gives the rest of it. */
  #trim([left, right, top, bottom]: [number, number, number, number]): [number, number, number, number] {
    while (left < right && top < bottom && this.#before[left] === this.#after[top]) this.#pair(left++, top++);
    while (left < right && top < bottom && this.#before[right - 1] === this.#after[bottom - 1])
      this.#pair(--right, --bottom);
    return [left, right, top, bottom];
  }

  #pair(i: number, j: number): void {
    this.partners[this.beforeIndices[i]] = this.afterIndices[j];
  }

  /** A point of the box, relative to its corner, through which a shortest (or, past the bound, a good) path goes. */
  #split(left: number, right: number, top: number, bottom: number): [number, number] {
    const width = right - left;
    const height = bottom - top;
    const zero = this.#zero;
    this.#front[zero + 1] = 0;
    this.#back[zero + 1] = 0;
    for (let d = 0; d <= Math.min(this.#bound, width + height); d++) {
      const met = this.#advance(d, left, right, top, bottom, true) ?? this.#advance(d, left, right, top, bottom, false);
      if (met) return met;
    }
    return this.#furthest(width, height);
  }

  /** Goes one difference further from the front (or the back); gives the point where both ways meet. */
  #advance(
    d: number,
    left: number,
    right: number,
    top: number,
    bottom: number,
    fromFront: boolean,
  ): [number, number] | undefined {
    const own = fromFront ? this.#front : this.#back;
    const other = fromFront ? this.#back : this.#front;
    const [width, height, zero] = [right - left, bottom - top, this.#zero];
    const delta = width - height;
    const reach = fromFront ? d - 1 : d;
    const meets = (delta % 2 !== 0) === fromFront;
    for (let k = -d + 2 * Math.max(0, d - height); k <= d - 2 * Math.max(0, d - width); k += 2) {
      let x =
        k === -d || (k !== d && own[zero + k - 1] < own[zero + k + 1]) ? own[zero + k + 1] : own[zero + k - 1] + 1;
      if (fromFront) while (x < width && x - k < height && this.#before[left + x] === this.#after[top + x - k]) x++;
      else while (x < width && x - k < height && this.#before[right - 1 - x] === this.#after[bottom - 1 - x + k]) x++;
      own[zero + k] = x;
      const mirrored = delta - k;
      if (!meets || mirrored < -reach || mirrored > reach || x > width || x - k > height) continue;
      const met = other[zero + mirrored];
      if (met > width || met - mirrored > height || x + met < width) continue;
      return fromFront ? [x, x - k] : [width - x, height - x + k];
    }
    return undefined;
  }

  /** The point furthest from the front corner that the bounded search reached. */
  #furthest(width: number, height: number): [number, number] {
    let best: [number, number] = [0, 0];
    for (let k = -this.#bound; k <= this.#bound; k += 2) {
      const x = this.#front[this.#zero + k];
      if (x <= width && x - k <= height && x - k >= 0 && 2 * x - k > best[0] + best[1]) best = [x, x - k];
    }
    return best;
  }
}
