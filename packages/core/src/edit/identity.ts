/** Numbers for values, so that comparing two of them, however large, is comparing two integers. */
import { Float, type Value, type ValueObject } from "../item/value.js";

/**
 * Gives two values the same number exactly if they are the same value ({@link sameValue}), within one `Identities`.
 *
 * Each container is looked at once, so numbering a value costs its size and after that nothing. The numbers say nothing else: they depend on the order of
 * asking. Idea: hash-consing. Values must not change while they are numbered.
 */
export class Identities {
  /** Texts, integers, bigints, fractions, booleans and null are their own keys; the rest is printed with the numbers of its parts. */
  readonly #scalars = new Map<Value, number>();
  readonly #printed = new Map<string, number>();
  readonly #seen = new Map<object, number>();
  #count = 0;

  of(value: Value): number {
    if (typeof value !== "object" || value === null) return this.#number(this.#scalars, value);
    const seen = this.#seen.get(value);
    if (seen !== undefined) return seen;
    const number = this.#number(this.#printed, this.#print(value));
    this.#seen.set(value, number);
    return number;
  }

  /** The numbers of all elements. */
  all(array: readonly Value[]): Int32Array {
    return Int32Array.from(array, element => this.of(element));
  }

  /** Says whether two values are the same; absent is the same as absent only. */
  same(a: Value | undefined, b: Value | undefined): boolean {
    if (a === b) return true;
    return a !== undefined && b !== undefined && this.of(a) === this.of(b);
  }

  #number<K>(numbers: Map<K, number>, key: K): number {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, this.#count);
    return this.#count++;
  }

  #print(value: Float | Value[] | ValueObject): string {
    if (value instanceof Float) return Object.is(value.value, -0) ? "f-0" : `f${value.value}`;
    if (Array.isArray(value)) return `[${this.all(value).join()}`;
    const keys = Object.keys(value).toSorted();
    return `{${keys.map(key => `${this.of(key)}:${this.of(value[key])}`).join()}`;
  }
}
