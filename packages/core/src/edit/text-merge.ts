/** Three-way merge of long texts, line by line. */
import { hunks, matchSequences, numberTexts, type Hunk } from "./sequence.js";

/** Splits a text behind each line feed; joined, the lines are the text again. */
export function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/**
 * Merges two changed texts when what each changed is apart: at least one unchanged line lies between. The same change on both sides is one.
 *
 * `undefined` when a change of one side meets a different one of the other. Symmetric.
 *
 * ```
 *   base   a b c d e        ours   a B c d e        theirs   a b c D e        merged   a B c D e
 * ```
 */
export function mergeTexts(base: string, ours: string, theirs: string): string | undefined {
  const lines = [base, ours, theirs].map(splitLines);
  const [numbers, ourNumbers, theirNumbers] = numberTexts(...lines);
  const changes = [
    ...hunksFrom(numbers, ourNumbers).map(hunk => change(hunk, lines[1])),
    ...hunksFrom(numbers, theirNumbers).map(hunk => change(hunk, lines[2])),
  ].toSorted((a, b) => a.start - b.start || a.end - b.end);
  return joined(lines[0], changes);
}

/** Lines `[start, end)` of the base become `text`. */
interface LineChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function hunksFrom(before: Int32Array, after: Int32Array): Hunk[] {
  return hunks(matchSequences(before, after), after.length);
}

function change({ start, end, afterStart, afterEnd }: Hunk, lines: readonly string[]): LineChange {
  return { start, end, text: lines.slice(afterStart, afterEnd).join("") };
}

/** Hunks of one side never touch, so changes that meet are of two sides. */
function joined(base: readonly string[], changes: readonly LineChange[]): string | undefined {
  const parts: string[] = [];
  let last: LineChange | undefined;
  for (const next of changes) {
    if (last && next.start === last.start && next.end === last.end && next.text === last.text) continue;
    if (last && next.start <= last.end) return undefined;
    parts.push(base.slice(last?.end ?? 0, next.start).join(""), next.text);
    last = next;
  }
  parts.push(base.slice(last?.end ?? 0).join(""));
  return parts.join("");
}
