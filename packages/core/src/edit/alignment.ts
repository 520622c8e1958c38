/**
 * Which elements of two arrays are one element, before and after: equal ones first, then what is left pairs up by likeness and by place.
 *
 * A pure function of the two arrays, so that both sides of a merge are aligned with their base in the same way.
 */
import { Float, type Value } from "../item/value.js";
import type { Identities } from "./identity.js";
import { hunks, matchSequences, type Hunk } from "./sequence.js";
import { likeness } from "./likeness.js";

/** Comparisons per element that pairing up may cost; hunks that would need more are first cut into small ones by their elements' sketches. */
const comparisonsPerElement = 16;
/** Elements at least this alike pair up. */
const alike = 0.5;

/** For each element of `before` the index of the element of `after` that it became, or -1. Indices that are not -1 increase. */
export function alignArrays(before: readonly Value[], after: readonly Value[], identities: Identities): Int32Array {
  const partners = matchSequences(identities.all(before), identities.all(after));
  const pairer = new Pairer(before, after, identities, partners);
  for (const hunk of hunks(partners, after.length)) pairer.pair(hunk);
  return partners;
}

class Pairer {
  constructor(
    readonly before: readonly Value[],
    readonly after: readonly Value[],
    readonly identities: Identities,
    readonly partners: Int32Array,
  ) {}

  pair(hunk: Hunk): void {
    const { width, height } = sizes(hunk);
    if (width === 0 || height === 0) return;
    if (isSmall(hunk)) return this.#pairAlike(hunk);
    for (const gap of this.#gaps(hunk, this.#bySketch(hunk))) {
      if (isSmall(gap)) this.#pairAlike(gap);
      else this.#pairInPlace(gap);
    }
  }

  /** Pairs up so that likeness adds up to the most, then in place between those pairs. O(width × height). */
  #pairAlike(hunk: Hunk): void {
    const { width, height } = sizes(hunk);
    if (width === 1 && height === 1) return this.#pairInPlace(hunk);
    const scores = new Float64Array(width * height);
    const best = new Float64Array((width + 1) * (height + 1));
    for (let i = width - 1; i >= 0; i--) {
      for (let j = height - 1; j >= 0; j--) {
        const score = likeness(this.before[hunk.start + i], this.after[hunk.afterStart + j], this.identities);
        scores[i * height + j] = score < alike ? 0 : score;
        const at = i * (height + 1) + j;
        const paired = score < alike ? 0 : score + best[at + height + 2];
        best[at] = Math.max(paired, best[at + height + 1], best[at + 1]);
      }
    }
    for (const gap of this.#gaps(hunk, bestPath(scores, best, width, height))) this.#pairInPlace(gap);
  }

  /** As many elements as before, none like another: each took the place of one. Otherwise nothing says which belongs to which. */
  #pairInPlace({ start, end, afterStart, afterEnd }: Hunk): void {
    if (end - start !== afterEnd - afterStart) return;
    for (let i = start; i < end; i++) this.partners[i] = afterStart + i - start;
  }

  /** Matches a long hunk by sketches of its elements; keeps the matches that are alike indeed. */
  #bySketch({ start, end, afterStart, afterEnd }: Hunk): Int32Array {
    const before = Int32Array.from(this.before.slice(start, end), sketch);
    const after = Int32Array.from(this.after.slice(afterStart, afterEnd), sketch);
    return matchSequences(before, after).map((j, i) =>
      j >= 0 && likeness(this.before[start + i], this.after[afterStart + j], this.identities) >= alike ? j : -1,
    );
  }

  /** Pairs what `local` (indices relative to the hunk) says, and gives the hunks left between. */
  #gaps({ start, afterStart, afterEnd }: Hunk, local: Int32Array): Hunk[] {
    local.forEach((j, i) => {
      if (j >= 0) this.partners[start + i] = afterStart + j;
    });
    return hunks(local, afterEnd - afterStart).map(gap => ({
      start: start + gap.start,
      end: start + gap.end,
      afterStart: afterStart + gap.afterStart,
      afterEnd: afterStart + gap.afterEnd,
    }));
  }
}

function sizes(hunk: Hunk): { width: number; height: number } {
  return { width: hunk.end - hunk.start, height: hunk.afterEnd - hunk.afterStart };
}

function isSmall(hunk: Hunk): boolean {
  const { width, height } = sizes(hunk);
  return width * height <= comparisonsPerElement * (width + height);
}

/** Walks the table of best sums from the front and takes the pairs on the way. */
function bestPath(scores: Float64Array, best: Float64Array, width: number, height: number): Int32Array {
  const partners = new Int32Array(width).fill(-1);
  for (let i = 0, j = 0; i < width && j < height;) {
    const at = i * (height + 1) + j;
    const score = scores[i * height + j];
    if (score > 0 && best[at] === score + best[at + height + 2]) partners[i++] = j++;
    else if (best[at] === best[at + height + 1]) i++;
    else j++;
  }
  return partners;
}

/**
 * A number that alike values often share: the smallest hash of their members, which two objects share as likely as a member of either is a member of both;
 * for a text, the hash of how it begins. Idea: A. Z. Broder, min-wise hashing (1997).
 */
function sketch(value: Value): number {
  if (typeof value !== "object" || value === null) return hash(String(value).slice(0, 12));
  if (value instanceof Float) return 0;
  let smallest = 2 ** 31;
  for (const [key, member] of Object.entries(value))
    smallest = Math.min(smallest, hashMember(Array.isArray(value) ? "" : key, member));
  return smallest;
}

/** A container counts by its size only. */
function hashMember(key: string, value: Value): number {
  const printed = typeof value === "object" && value !== null ? Object.keys(value).length : value;
  return hash(`${key}\0${String(printed)}`);
}

/** FNV-1a over the UTF-16 units, stirred so that the smallest of several is a fair draw. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
}
