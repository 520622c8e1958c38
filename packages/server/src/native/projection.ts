/** Chosen places of an item: what stands there, in objects as deep as it stood, and nothing else. */
import { badInput, isObject, setKey, type ValueObject } from "@sheaf/core";
import { stepsOf } from "./filter.js";

const maxFields = 200;

export class Projection {
  readonly #places: readonly (readonly string[])[];

  /** Takes JSON Pointers. Throws bad-input for what is none. */
  constructor(pointers: readonly string[]) {
    if (pointers.length > maxFields) throw badInput(`at most ${maxFields} fields can be chosen`);
    this.#places = pointers.map((pointer, i) => stepsOf(pointer, `/fields/${i}`));
  }

  /** The item with the chosen places alone. Elements of lists are not chosen one by one: their place is that of the list. */
  apply(item: ValueObject): ValueObject {
    if (this.#places.some(steps => steps.length === 0)) return item;
    const chosen: ValueObject = {};
    for (const steps of this.#places) copyPlace(item, chosen, steps);
    return chosen;
  }
}

function copyPlace(from: ValueObject, to: ValueObject, [step, ...rest]: readonly string[]): void {
  if (!Object.hasOwn(from, step)) return;
  const value = from[step];
  if (rest.length === 0) return setKey(to, step, value);
  if (!isObject(value)) return;
  const there = Object.hasOwn(to, step) ? to[step] : undefined;
  if (there === value) return;
  const inner: ValueObject = isObject(there) ? there : {};
  copyPlace(value, inner, rest);
  if (Object.keys(inner).length > 0) setKey(to, step, inner);
}
