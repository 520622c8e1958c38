/**
 * What changed between two values, as a JSON Patch (RFC 6902) that people can read.
 *
 * Step of the walk: edit. `applyPatch(a, diffValues(a, b))` is `b` to the bit, for any two values; `1` and `1.0` differ.
 */
import { getKey, isObject, type Value, type ValueObject } from "../item/value.js";
import { compareText } from "../text.js";
import { alignArrays } from "./alignment.js";
import { Identities } from "./identity.js";
import type { Operation } from "./operation.js";
import { below } from "./pointer.js";

/** What an operation weighs besides its path and value. Less than its 30 characters, for several small operations read better than one large. */
const operationSize = 8;

/**
 * Gives the operations that turn `before` into `after`; none when they are the same.
 *
 * Objects key by key in UTF-8 byte order, arrays as sequences from front to back (an insertion is one `add`), texts and other scalars as a whole. Where the
 * operations below a place would weigh more than the value there, that value is replaced. Neither value may change meanwhile.
 */
export function diffValues(before: Value, after: Value): Operation[] {
  const differ = new Differ();
  differ.diff(before, after, "");
  return differ.operations;
}

class Differ {
  readonly operations: Operation[] = [];
  readonly #identities = new Identities();
  readonly #sizes = new Map<object, number>();
  /** About how long the operations are as text. */
  #size = 0;

  diff(before: Value, after: Value, path: string): void {
    if (this.#identities.same(before, after)) return;
    const mark = this.operations.length;
    const size = this.#size;
    if (isObject(before) && isObject(after)) this.#diffObjects(before, after, path);
    else if (Array.isArray(before) && Array.isArray(after)) this.#diffArrays(before, after, path);
    else return this.#push({ op: "replace", path, value: after });
    if (this.#size - size <= path.length + operationSize + this.#sizeOf(after)) return;
    this.operations.length = mark;
    this.#size = size;
    this.#push({ op: "replace", path, value: after });
  }

  #diffObjects(before: ValueObject, after: ValueObject, path: string): void {
    const added = Object.keys(after).filter(key => !Object.hasOwn(before, key));
    for (const key of [...Object.keys(before), ...added].toSorted(compareText)) {
      const was = getKey(before, key);
      const is = getKey(after, key);
      if (is === undefined) this.#push({ op: "remove", path: below(path, key) });
      else if (was === undefined) this.#push({ op: "add", path: below(path, key), value: is });
      else if (was !== is) this.diff(was, is, below(path, key));
    }
  }

  /** All before the element at hand is already as it will be, so its index is the one it has in `after`. */
  #diffArrays(before: Value[], after: Value[], path: string): void {
    const partners = alignArrays(before, after, this.#identities);
    let at = 0;
    for (let i = 0; i <= before.length; i++) {
      const partner = i < before.length ? partners[i] : after.length;
      if (partner < 0) {
        this.#push({ op: "remove", path: `${path}/${at}` });
        continue;
      }
      for (; at < partner; at++) this.#push({ op: "add", path: `${path}/${at}`, value: after[at] });
      if (i < before.length && before[i] !== after[at]) this.diff(before[i], after[at], `${path}/${at}`);
      at++;
    }
  }

  #push(operation: Operation): void {
    this.operations.push(operation);
    this.#size += operationSize + operation.path.length + ("value" in operation ? this.#sizeOf(operation.value) : 0);
  }

  /** About how long a value is as text; each container is walked once. */
  #sizeOf(value: Value): number {
    if (typeof value === "string") return value.length + 3;
    if (typeof value !== "object" || value === null) return String(value).length + 1;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    let size = 3;
    if (Array.isArray(value)) for (const element of value) size += this.#sizeOf(element);
    else if (isObject(value)) for (const key of Object.keys(value)) size += key.length + 4 + this.#sizeOf(value[key]);
    this.#sizes.set(value, size);
    return size;
  }
}
