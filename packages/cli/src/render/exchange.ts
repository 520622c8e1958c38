/** What became of refs that were fetched and pushed, as lines for people and as JSON. */
import type { FetchedRef, FetchResult, PushedRef, PushResult, Traffic, Value } from "@sheaf/core";
import { visible, type Paint } from "./paint.js";
import { bytes, counted, shortCid, withShortCids } from "./quantity.js";

type Printed = { readonly [name: string]: Value };

/** A ref that was fetched: `{"remote", "ref", "outcome", "before", "after", "message"}`. */
function fetchedValue({ remote, ref, outcome, before, after, message }: FetchedRef): Printed {
  return defined({ remote, ref, outcome, before, after, message });
}

/** A ref that was pushed: `{"remote", "ref", "outcome", "before", "after", "reason", "message"}`. */
function pushedValue({ remote, ref, outcome, before, after, reason, message }: PushedRef): Printed {
  return defined({ remote, ref, outcome, before, after, reason, message });
}

/** A fetch as a whole: `{"remote", "url", "refs", "notes", "traffic"}`. */
export function fetchValue(result: FetchResult): Printed {
  return exchangeValue(result, result.refs.map(fetchedValue), result.notes.map(fetchedValue));
}

/** A push as a whole, as {@link fetchValue}. */
export function pushValue(result: PushResult): Printed {
  return exchangeValue(result, result.refs.map(pushedValue), result.notes.map(pushedValue));
}

function exchangeValue({ remote, url, traffic }: FetchResult | PushResult, refs: Value[], notes: Value[]): Printed {
  return { remote, url, refs, notes, traffic: { ...traffic } };
}

/** What became of the notes of versions, in sentences; none where there were none. */
export function noteLines({ notes }: FetchResult | PushResult, moved: "came" | "went"): string[] {
  const [taken, left] = [notes.filter(isTaken), notes.filter(note => !isTaken(note))];
  const lines = taken.length === 0 ? [] : [`${counted(taken.length, "note")} of versions ${moved} along`];
  return [...lines, ...left.map(({ message = "" }) => `a note of a version was not taken: ${visible(message)}`)];
}

function isTaken({ outcome }: FetchedRef | PushedRef): boolean {
  return outcome !== "refused" && outcome !== "rejected";
}

/** One line for each ref that changed, or should have. */
export function fetchedLines({ refs }: FetchResult, paint: Paint): string[] {
  return refs
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ remote, ref, outcome, before, after, message }) => {
      const line = `${sign(outcome, paint)} ${visible(short(remote))}${ref === undefined || ref === remote ? "" : ` → ${visible(short(ref))}`}`;
      return `${line}  ${moved(before, after, paint)}${message === undefined ? "" : `  ${paint.red(visible(withShortCids(message)))}`}`;
    });
}

export function pushedLines({ refs }: PushResult, paint: Paint): string[] {
  return refs
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ remote, ref, outcome, before, after, message }) => {
      const from = ref === undefined || ref === remote ? "" : `${visible(short(ref))} → `;
      const line = `${sign(outcome, paint)} ${from}${visible(short(remote))}`;
      if (outcome === "rejected") return `${line}  ${paint.red(visible(withShortCids(message ?? "not taken")))}`;
      return `${line}  ${moved(before ?? null, after, paint)}`;
    });
}

/** `12 blocks, 3.4 KiB`. */
export function trafficWords({ sent, received, objects }: Traffic): string {
  return `${counted(objects, "object")}, ${bytes(sent + received)}`;
}

function sign(outcome: string, paint: Paint): string {
  if (outcome === "rejected" || outcome === "kept" || outcome === "refused") return paint.red("!");
  if (outcome === "new") return paint.green("+");
  if (outcome === "deleted") return paint.red("-");
  return outcome === "forced" ? paint.yellow("+") : " ";
}

function moved(before: string | null, after: string | null, paint: Paint): string {
  if (after === null) return "deleted";
  const to = paint.yellow(shortCid(after));
  return before === null || before === after ? to : `${paint.yellow(shortCid(before))} → ${to}`;
}

function short(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|remotes)\//, "").replace(/^refs\//, "");
}

function defined(members: { readonly [name: string]: Value | undefined }): Printed {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Value] => member[1] !== undefined),
  );
}
