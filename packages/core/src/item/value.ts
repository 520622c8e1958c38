/**
 * An item, or a part of one, as JavaScript values from which every bit of the block can be told.
 *
 * Integers are numbers while they are safe (|n| < 2⁵³) and bigints beyond; a float whose value is whole is a {@link Float}, so that `1.0` is not `1`.
 * Objects are ordinary objects; a key `__proto__` is an own property like any other (see {@link setKey}).
 */
export type Value = null | boolean | string | number | bigint | Float | Value[] | ValueObject;
export interface ValueObject {
  [key: string]: Value;
}

/** A float64 whose value is a whole number (`1.0`, `-0.0`, `1e300`). Other floats are plain numbers. */
export class Float {
  constructor(readonly value: number) {}
}

/** Sets an own key, whatever its name. */
export function setKey(object: ValueObject, key: string, value: Value): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** The value of an own key, whatever its name; `undefined` when there is none. */
export function getKey(object: ValueObject, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Says whether the value is an object with keys. */
export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Float);
}

/** Says whether two values are the same to the bit: `1` and `1.0` differ, as do `0.0` and `-0.0`; key order does not count. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Float || b instanceof Float)
    return a instanceof Float && b instanceof Float && Object.is(a.value, b.value);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => sameValue(element, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}
