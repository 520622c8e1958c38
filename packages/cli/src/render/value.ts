/** Values inside lines for people, and what changed from one to the other. */
import { diffWords, printJson, type Value } from "@sheaf/core";
import type { Paint } from "./paint.js";
import { visible } from "./paint.js";

/** Characters of a value that a line shows. */
const shownCharacters = 160;
/** Texts from this length on are compared word by word. */
const longText = 40;
/** Characters of unchanged text kept on each side of a change. */
const context = 30;

/** A value on one line, cut when it is long. */
export function inline(value: Value | undefined, most = shownCharacters): string {
  if (value === undefined) return "(absent)";
  const text = visible(printJson(value));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** `"41" → "42"`, and for long texts the words that changed: `the [-quick-]{+slow+} fox`. */
export function change(before: Value, after: Value, paint: Paint): string {
  if (typeof before === "string" && typeof after === "string" && before.length + after.length >= 2 * longText) {
    const words = changedWords(before, after, paint);
    if (words !== undefined) return words;
  }
  return `${paint.red(inline(before))} → ${paint.green(inline(after))}`;
}

/** The words that changed in their surroundings; `undefined` when hardly anything stayed. */
function changedWords(before: string, after: string, paint: Paint): string | undefined {
  const runs = diffWords(before, after);
  const same = runs.reduce((sum, { kind, text }) => sum + (kind === "same" ? text.length : 0), 0);
  if (same * 4 < Math.max(before.length, after.length)) return undefined;
  const parts = runs.map(({ kind, text }, i) => {
    if (kind === "same") return paint.dim(visible(surroundings(text, i === 0, i === runs.length - 1)));
    return kind === "removed" ? paint.red(`[-${visible(text)}-]`) : paint.green(`{+${visible(text)}+}`);
  });
  return parts.join("");
}

/** Unchanged text, long stretches cut in the middle, or at the outer end. */
function surroundings(text: string, first: boolean, last: boolean): string {
  if (text.length <= 2 * context) return text;
  const start = first ? "" : text.slice(0, context).replace(/\S+$/, "");
  const end = last ? "" : text.slice(-context).replace(/^\S+/, "");
  return `${start}…${end}`;
}
