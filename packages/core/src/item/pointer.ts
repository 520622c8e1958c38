/** Where a value stands inside an item, and how deep that may be. */

/**
 * Most levels of objects and arrays around a value, the item itself counted: 1,000.
 *
 * One bound for everything that reads or writes items (text, blocks, views), so that what one face takes every other can give back, and none runs out of
 * stack. Deeper input is refused.
 */
export const maxDepth = 1000;

/** A key of an object, or an index of an array. */
export type PathStep = string | number;

/** Prints steps as a JSON Pointer (RFC 6901): `/messages/0/content`. No steps give the empty text, the whole item. */
export function printPointer(steps: readonly PathStep[]): string {
  return steps
    .map(step => `/${typeof step === "number" ? step : step.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
