/** What changed between two texts, word by word, for people to look at. */
import { hunks, matchSequences, numberTexts } from "./sequence.js";

/** A stretch of text that both have, or only the one before, or only the one after. */
export interface WordRun {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** A character of a script that writes no spaces, a word with its marks, a stretch of white space, an emoji or a flag, or any one other character. */
const token =
  /(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai})\p{M}*|[\p{L}\p{M}\p{N}_]+?(?=\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|[^\p{L}\p{M}\p{N}_]|$)|\s+|\p{ExtPict}(?:\p{M}|\p{EMod}|\u200D\p{ExtPict})*|\p{RI}{2}|\P{M}\p{M}*|[^]/gu;

/**
 * Gives the runs in reading order, removed before added. Runs that are same or removed, joined, are `before`; same or added, `after`.
 *
 * White space alone between two changes counts as changed, so that a rewritten sentence shows as one change.
 */
export function diffWords(before: string, after: string): WordRun[] {
  const words = [before.match(token) ?? [], after.match(token) ?? []];
  const [a, b] = numberTexts(...words);
  const runs: WordRun[] = [];
  let at = 0;
  for (const { start, end, afterStart, afterEnd } of widened(matchSequences(a, b), words)) {
    push(runs, "same", words[0].slice(at, start));
    push(runs, "removed", words[0].slice(start, end));
    push(runs, "added", words[1].slice(afterStart, afterEnd));
    at = end;
  }
  push(runs, "same", words[0].slice(at));
  return runs;
}

/** The hunks, two that only white space parts joined into one. */
function widened(partners: Int32Array, words: readonly (readonly string[])[]) {
  const found = hunks(partners, words[1].length);
  return found.reduce<typeof found>((joined, hunk) => {
    const last = joined.at(-1);
    const parted = !last || words[0].slice(last.end, hunk.start).some(word => word.trim() !== "");
    if (parted) joined.push(hunk);
    else joined[joined.length - 1] = { ...last, end: hunk.end, afterEnd: hunk.afterEnd };
    return joined;
  }, []);
}

function push(runs: WordRun[], kind: WordRun["kind"], words: readonly string[]): void {
  if (words.length > 0) runs.push({ kind, text: words.join("") });
}
