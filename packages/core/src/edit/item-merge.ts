/**
 * Three-way merge of values, field by field at any depth.
 *
 * Step of the walk: edit. What only one side changed is taken, what both changed alike is taken once, and what they changed differently is a conflict: a
 * value, never an exception. Swapping the sides gives the same merge with the sides swapped.
 *
 * ```
 *   base { a: 1, b: 1, c: 1 }      ours { a: 2, b: 1, c: 2 }      theirs { a: 1, b: 2, c: 3 }
 *   value { a: 2, b: 2, c: 2 }     conflicts [{ pointer: "/c", base: 1, ours: 2, theirs: 3 }]
 * ```
 */
import { getKey, isObject, setKey, type Value, type ValueObject } from "../item/value.js";
import { compareText } from "../text.js";
import { alignArrays } from "./alignment.js";
import type { Conflict, Merged } from "./conflict.js";
import { Identities } from "./identity.js";
import { below } from "./pointer.js";
import { mergeTexts } from "./text-merge.js";

type Maybe = Value | undefined;

/**
 * Merges two values that came from `base`; `undefined` means that a side does not have it.
 *
 * Objects merge by key (two objects added where there was nothing, too). Arrays merge as sequences aligned with the base: elements that pair up merge in turn;
 * different insertions at one place conflict, equal ones are one; places between which an element was deleted are one place. Texts of several lines merge by
 * line. A deletion against a change is a conflict. Where there is a conflict, `value` holds what ours has.
 */
export function mergeValues(base: Maybe, ours: Maybe, theirs: Maybe): Merged {
  const merger = new Merger();
  const value = merger.merge(base, ours, theirs, "");
  return { value, conflicts: merger.conflicts };
}

class Merger {
  readonly conflicts: Conflict[] = [];
  readonly #identities = new Identities();

  merge(base: Maybe, ours: Maybe, theirs: Maybe, path: string): Maybe {
    if (this.#identities.same(ours, theirs) || this.#identities.same(base, theirs)) return ours;
    if (this.#identities.same(base, ours)) return theirs;
    if (isObject(ours) && isObject(theirs) && (base === undefined || isObject(base)))
      return this.#mergeObjects(base ?? {}, ours, theirs, path);
    if (Array.isArray(base) && Array.isArray(ours) && Array.isArray(theirs))
      return this.#mergeArrays(base, ours, theirs, path);
    const text = mergedText(base, ours, theirs);
    if (text === undefined) this.conflicts.push(conflict(path, base, ours, theirs));
    return text ?? ours;
  }

  #mergeObjects(base: ValueObject, ours: ValueObject, theirs: ValueObject, path: string): ValueObject {
    const merged: ValueObject = {};
    for (const key of new Set(
      [...Object.keys(ours), ...Object.keys(theirs), ...Object.keys(base)].toSorted(compareText),
    )) {
      const value = this.merge(getKey(base, key), getKey(ours, key), getKey(theirs, key), below(path, key));
      if (value !== undefined) setKey(merged, key, value);
    }
    return merged;
  }

  #mergeArrays(base: Value[], ours: Value[], theirs: Value[], path: string): Value[] {
    return new ArrayMerger(
      this,
      this.#identities,
      base,
      side(base, ours, this.#identities),
      side(base, theirs, this.#identities),
      path,
    ).merged();
  }
}

/** One side of a merge of arrays: what it has, and which of its elements each element of the base became (-1: none). */
interface Side {
  readonly elements: readonly Value[];
  readonly partners: Int32Array;
  readonly numbers: Int32Array;
  /** Marks the elements that came from the base. */
  readonly kept: Uint8Array;
}

/** A stretch of the base between two elements that both sides kept, and what each side has in its place. All ends are exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly ours: readonly [number, number];
  readonly theirs: readonly [number, number];
}

class ArrayMerger {
  readonly #merged: Value[] = [];

  constructor(
    readonly merger: Merger,
    readonly identities: Identities,
    readonly base: readonly Value[],
    readonly ours: Side,
    readonly theirs: Side,
    readonly path: string,
  ) {}

  /** Goes along the base; elements that both sides kept merge in turn, and between two of them lies a stretch. */
  merged(): Value[] {
    let start = 0;
    let our = 0;
    let their = 0;
    for (let i = 0; i <= this.base.length; i++) {
      const last = i === this.base.length;
      const o = last ? this.ours.elements.length : this.ours.partners[i];
      const t = last ? this.theirs.elements.length : this.theirs.partners[i];
      if (o < 0 || t < 0) continue;
      if (i > start || o > our || t > their) this.#mergeStretch({ start, end: i, ours: [our, o], theirs: [their, t] });
      if (!last) this.#mergeElement(this.base[i], this.ours.elements[o], this.theirs.elements[t]);
      [start, our, their] = [i + 1, o + 1, t + 1];
    }
    return this.#merged;
  }

  #mergeElement(base: Value, ours: Value, theirs: Value): void {
    const value = this.merger.merge(base, ours, theirs, `${this.path}/${this.#merged.length}`);
    // All three are there, so the merge is too.
    if (value !== undefined) this.#merged.push(value);
  }

  /** Every element of the base in a stretch was deleted by at least one side, so all places in it are one place. */
  #mergeStretch(stretch: Stretch): void {
    const inserted = [added(this.ours, stretch.ours), added(this.theirs, stretch.theirs)];
    const alike = sameNumbers(this.ours, inserted[0], this.theirs, inserted[1]);
    if (inserted[0].length > 0 && inserted[1].length > 0 && !(alike && !this.#hasChange(stretch)))
      return this.#conflict(stretch);
    const from = inserted[0].length > 0 ? this.ours : this.theirs;
    const list = inserted[0].length > 0 ? inserted[0] : inserted[1];
    let next = 0;
    for (let i = stretch.start; i < stretch.end; i++) {
      const partner = from.partners[i];
      while (next < list.length && list[next] < partner) this.#merged.push(from.elements[list[next++]]);
      if (this.#isChange(i))
        this.#conflict({
          start: i,
          end: i + 1,
          ours: span(this.ours.partners[i]),
          theirs: span(this.theirs.partners[i]),
        });
    }
    while (next < list.length) this.#merged.push(from.elements[list[next++]]);
  }

  /** Says whether one side deleted an element of the base that the other changed. */
  #isChange(i: number): boolean {
    const kept = this.ours.partners[i] >= 0 ? this.ours : this.theirs;
    return kept.partners[i] >= 0 && !this.identities.same(this.base[i], kept.elements[kept.partners[i]]);
  }

  #hasChange({ start, end }: Stretch): boolean {
    for (let i = start; i < end; i++) if (this.#isChange(i)) return true;
    return false;
  }

  #conflict({ start, end, ours, theirs }: Stretch): void {
    const [our, their] = [this.ours.elements.slice(...ours), this.theirs.elements.slice(...theirs)];
    const pointer = `${this.path}/${this.#merged.length}`;
    this.merger.conflicts.push({
      pointer,
      run: our.length,
      base: this.base.slice(start, end),
      ours: our,
      theirs: their,
    });
    for (const element of our) this.#merged.push(element);
  }
}

function side(base: readonly Value[], elements: readonly Value[], identities: Identities): Side {
  const partners = alignArrays(base, elements, identities);
  const kept = new Uint8Array(elements.length);
  for (const partner of partners) if (partner >= 0) kept[partner] = 1;
  return { elements, partners, numbers: identities.all(elements), kept };
}

/** Indices of the elements in a range that did not come from the base. */
function added({ kept }: Side, [start, end]: readonly [number, number]): number[] {
  const indices: number[] = [];
  for (let i = start; i < end; i++) if (!kept[i]) indices.push(i);
  return indices;
}

function sameNumbers(a: Side, inA: readonly number[], b: Side, inB: readonly number[]): boolean {
  return inA.length === inB.length && inA.every((i, n) => a.numbers[i] === b.numbers[inB[n]]);
}

function span(index: number): [number, number] {
  return index < 0 ? [0, 0] : [index, index + 1];
}

function mergedText(base: Maybe, ours: Maybe, theirs: Maybe): string | undefined {
  if (typeof base !== "string" || typeof ours !== "string" || typeof theirs !== "string" || !base.includes("\n"))
    return undefined;
  return mergeTexts(base, ours, theirs);
}

/** Sides that do not have it are absent. */
function conflict(pointer: string, base: Maybe, ours: Maybe, theirs: Maybe): Conflict {
  return {
    pointer,
    ...(base !== undefined && { base }),
    ...(ours !== undefined && { ours }),
    ...(theirs !== undefined && { theirs }),
  };
}
