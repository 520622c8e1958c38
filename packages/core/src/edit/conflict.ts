/** Places where two sides changed one thing in two ways, and their resolution. */
import { badInput } from "../errors.js";
import { getKey, isObject, type Value } from "../item/value.js";
import { applyPatch, type Operation } from "./patch.js";
import { arrayIndex, parsePointer } from "./pointer.js";

/** A conflict of a merge. A side that does not have the value is absent. */
export interface Conflict {
  /** Where it stands in the merged value, which holds ours there; `add` at this pointer puts something else in its place, where there is no `run`. */
  readonly pointer: string;
  /**
   * Set when the conflict is about a run of elements of an array: how many elements of the merged value, from the one that `pointer` names, are ours. Then
   * `base`, `ours` and `theirs` are the lists of elements that each has there, none of them absent.
   */
  readonly run?: number;
  readonly base?: Value;
  readonly ours?: Value;
  readonly theirs?: Value;
}

/** What a merge gives: the merged value (absent when deleted) and the conflicts, in the order in which they stand in it. Clean when there are none. */
export interface Merged {
  readonly value: Value | undefined;
  readonly conflicts: readonly Conflict[];
}

/** What to put in the place of a conflict: what a side has there, another value (for a run: the list of elements), or nothing. */
export type Choice = "ours" | "theirs" | "base" | { readonly value: Value } | { readonly remove: true };

/** Resolves one conflict, the `index`-th, and gives what is left; pointers of later conflicts follow when elements come or go. */
export function resolveConflict(merged: Merged, index: number, choice: Choice): Merged {
  if (merged.conflicts[index] === undefined)
    throw badInput(`there is no conflict ${index}: the merge has ${merged.conflicts.length}`);
  return resolveConflicts(merged, (_, i) => (i === index ? choice : undefined));
}

/** Resolves the conflicts for which `choose` gives a choice, and leaves the others, in about the size of what is resolved. */
export function resolveConflicts(
  { value, conflicts }: Merged,
  choose: (conflict: Conflict, index: number) => Choice | undefined,
): Merged {
  const shifts = new Shifts();
  const left: Conflict[] = [];
  const steps: Step[] = [];
  conflicts.forEach((conflict, index) => {
    const choice = choose(conflict, index);
    if (choice === undefined) left.push({ ...conflict, pointer: shifts.shifted(conflict.pointer) });
    else steps.push(step(conflict, choice, shifts));
    if (conflict.run === undefined && leavesArray(choice, conflict, value)) shifts.add(conflict.pointer, -1);
  });
  return { value: carryOut(value, steps), conflicts: left };
}

/** A resolution: at `pointer` the elements `elements` in the place of `length` (`inArray`), or the one value, or none. */
interface Step {
  readonly pointer: string;
  readonly inArray: boolean;
  readonly length: number;
  readonly elements: readonly Value[];
}

function step(conflict: Conflict, choice: Choice, shifts: Shifts): Step {
  const chosen = typeof choice === "string" ? conflict[choice] : "value" in choice ? choice.value : undefined;
  const pointer = conflict.pointer;
  if (conflict.run === undefined) {
    return {
      pointer,
      inArray: false,
      length: conflict.ours === undefined ? 0 : 1,
      elements: chosen === undefined ? [] : [chosen],
    };
  }
  const elements = chosen ?? [];
  if (!Array.isArray(elements))
    throw badInput("this conflict is about elements of an array: give the list of them", { pointer });
  shifts.add(pointer, elements.length - conflict.run);
  return { pointer, inArray: true, length: conflict.run, elements };
}

/** Says whether a resolution takes a single element out of an array. */
function leavesArray(choice: Choice | undefined, { pointer }: Conflict, value: Value | undefined): boolean {
  if (typeof choice !== "object" || "value" in choice) return false;
  let node = value;
  for (const token of parsePointer(pointer).slice(0, -1)) {
    if (Array.isArray(node)) node = node[arrayIndex(token) ?? -1];
    else node = isObject(node) ? getKey(node, token) : undefined;
  }
  return pointer !== "" && Array.isArray(node);
}

/** Last first, so that no pointer moves before its turn. */
function carryOut(value: Value | undefined, steps: readonly Step[]): Value | undefined {
  const [only] = steps;
  if (only?.pointer === "") return only.elements[0];
  if (only === undefined || value === undefined) return value;
  return applyPatch(value, steps.toReversed().flatMap(operations));
}

function operations({ pointer: path, length, elements }: Step): Operation[] {
  const removed = Array.from({ length }, (): Operation => ({ op: "remove", path }));
  return [...removed, ...elements.toReversed().map((value): Operation => ({ op: "add", path, value }))];
}

/** How far the elements of arrays moved by what was resolved before them, by the pointer of the array. */
class Shifts {
  readonly #by = new Map<string, number>();

  /** The run at `pointer` grew by so many elements: what stands behind moves. */
  add(pointer: string, growth: number): void {
    const array = pointer.slice(0, pointer.lastIndexOf("/"));
    this.#by.set(array, (this.#by.get(array) ?? 0) + growth);
  }

  /** The pointer as it is now. Conflicts come in order, so all that moved in the same array stands before this one. */
  shifted(pointer: string): string {
    if (this.#by.size === 0) return pointer;
    let now = "";
    for (let start = 0, end; start < pointer.length; start = end) {
      end = pointer.indexOf("/", start + 1);
      if (end < 0) end = pointer.length;
      const shift = this.#by.get(pointer.slice(0, start));
      now += shift === undefined ? pointer.slice(start, end) : `/${Number(pointer.slice(start + 1, end)) + shift}`;
    }
    return now;
  }
}
