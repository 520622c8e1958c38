/** JSON Pointers (RFC 6901) as patches use them: read strictly, built from keys, and with the rule of what names an element of an array. */
import { badInput, type Place } from "../errors.js";
import { printPointer, type PathStep } from "../item/pointer.js";
import { isWellFormed } from "../text.js";

/** Builds a pointer from keys and indices, escaping them: `pointer("items", "a/b")` is `/items/a~1b`. Without any it is "", the whole document. */
export function pointer(...steps: readonly PathStep[]): string {
  return printPointer(steps);
}

/** Goes one step further down from where `parent` points. */
export function below(parent: string, step: PathStep): string {
  if (typeof step === "number" || !/[~/]/.test(step)) return `${parent}/${step}`;
  return parent + printPointer([step]);
}

/**
 * Reads a pointer into its unescaped keys; "" has none.
 *
 * Throws bad-input, with the place given, for a pointer that is not "" and does not begin with `/`, for a `~` that is neither `~0` nor `~1`, and for a
 * lone surrogate, which no key can hold.
 */
export function parsePointer(text: string, place: Place = {}): string[] {
  if (text === "") return [];
  if (!text.startsWith("/"))
    throw badInput(`${JSON.stringify(text)} is not a JSON Pointer: it must be "" or begin with /`, place);
  if (!isWellFormed(text)) throw badInput("a JSON Pointer cannot hold half a character (a lone surrogate)", place);
  const tokens = text.slice(1).split("/");
  if (!text.includes("~")) return tokens;
  if (/~(?![01])/.test(text))
    throw badInput(`${JSON.stringify(text)} is not a JSON Pointer: write ~ as ~0 and / as ~1`, place);
  return tokens.map(token => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The index that a token names in an array: digits without leading zeros. `undefined` for anything else, `-` (the place behind the end) included. */
export function arrayIndex(token: string): number | undefined {
  return /^(?:0|[1-9][0-9]*)$/.test(token) ? Number(token) : undefined;
}
