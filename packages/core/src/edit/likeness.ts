/** How much of one value is still in another: what decides whether an element changed or another took its place. */
import { Float, isObject, type Value, type ValueObject } from "../item/value.js";
import type { Identities } from "./identity.js";

/** From 0 (nothing in common) to 1. Cheap: looks one level deep, and at the two ends of a text. Symmetric. */
export function likeness(a: Value, b: Value, identities: Identities): number {
  if (typeof a === "string" && typeof b === "string") return textLikeness(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return arrayLikeness(identities.all(a), identities.all(b));
  if (a instanceof Float || !isObject(a) || !isObject(b)) return 0;
  return objectLikeness(a, b, identities);
}

/** A member that both have counts in full when it is the same, for a quarter when only its key is. */
function objectLikeness(a: ValueObject, b: ValueObject, identities: Identities): number {
  const keys = Object.keys(a);
  const members = keys.length + Object.keys(b).length;
  let common = 0;
  for (const key of keys) if (Object.hasOwn(b, key)) common += identities.same(a[key], b[key]) ? 2 : 0.5;
  return members === 0 ? 1 : common / members;
}

/** The share of elements that have an equal on the other side, in whatever order. */
function arrayLikeness(a: Int32Array, b: Int32Array): number {
  const counts = new Map<number, number>();
  for (const element of a) counts.set(element, (counts.get(element) ?? 0) + 1);
  let common = 0;
  for (const element of b) {
    const left = counts.get(element) ?? 0;
    if (left > 0) common += 2;
    counts.set(element, left - 1);
  }
  return a.length + b.length === 0 ? 1 : common / (a.length + b.length);
}

/** The share of the longer text that the two begin and end with alike. */
function textLikeness(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++;
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : (head + tail) / longer;
}
