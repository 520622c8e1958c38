/** What every vendor's routes refuse alike. */

/** Objects within objects, as JSON. */
export function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/** Bodies that are no JSON, no object, too deep, or text that is none. */
export const brokenBodies: readonly string[] = ["", "{", "null", "[]", '"x"', nested(5000), '{"name":"\\ud800"}'];
