/**
 * Every way in which Sheaf says no, as a closed set of codes, each with its facts and one sentence.
 *
 * A value that a caller must expect (an absent item, a lost race for a name, a merge conflict) is a return value, never one of these.
 */

/** Where bad input stands; every field that is known is given. `line` and `column` count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Number of the row, from 1, where the input has no lines. */
  readonly row?: number;
  readonly dataset?: string;
  readonly id?: string;
  /** JSON Pointer inside the item, or inside the patch for a bad operation. */
  readonly pointer?: string;
  /** Index of the operation in its patch, from 0. */
  readonly operation?: number;
  readonly commit?: string;
}

/** The closed set of codes, with the facts of each. */
export interface ErrorData {
  /** The input cannot be taken as it is; nothing was stored. */
  "bad-input": Place;
  /** What was asked would lose or overwrite something, or makes no sense in this state. */
  refused: Place;
  "already-exists": { readonly kind: "ref" | "dataset" | "item" | "repository" | "file"; readonly name: string };
  "no-such-ref": { readonly ref: string };
  "no-such-dataset": { readonly dataset: string; readonly at?: string };
  "no-such-item": { readonly dataset: string; readonly id: string; readonly at?: string };
  "no-such-repository": { readonly path: string };
  "stale-base": { readonly ref: string; readonly base: string; readonly head: string; readonly dataset?: string };
  /** `isLeftOut`: only a part of the repository was cloned here, and the block may belong to the rest. */
  "missing-block": { readonly cid: string; readonly isLeftOut?: true };
  "corrupt-block": { readonly cid: string; readonly file?: string };
  "drive-failed": { readonly name: string; readonly reason: string };
  /** Another repository could not be reached, or did not answer as it should; `remote` is its URL without credentials. */
  "remote-failed": { readonly remote: string; readonly reason: string; readonly status?: number };
}

export type ErrorCode = keyof ErrorData;

/** The one error class that Sheaf throws on purpose. `message` is one sentence: what, where, what to do. */
export class SheafError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "SheafError";
  constructor(
    readonly code: C,
    readonly data: ErrorData[C],
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Says whether this is a {@link SheafError}, of this code if one is given. */
export function isSheafError<C extends ErrorCode>(error: unknown, code?: C): error is SheafError<C> {
  return error instanceof SheafError && (code === undefined || error.code === code);
}

/** Prints a place as `file:line, id q1, at /answer`; empty when nothing is known. */
export function printPlace(place: Place): string {
  const { file, line, column, row, dataset, id, pointer, operation, commit } = place;
  const parts: string[] = [];
  if (commit !== undefined) parts.push(`commit ${commit}`);
  const position = line === undefined ? "" : column === undefined ? `${line}` : `${line}:${column}`;
  if (file !== undefined) parts.push(position ? `${file}:${position}` : file);
  else if (position) parts.push(`line ${position}`);
  if (row !== undefined) parts.push(`row ${row}`);
  if (dataset !== undefined) parts.push(`dataset ${dataset}`);
  if (id !== undefined) parts.push(`id ${JSON.stringify(id)}`);
  if (operation !== undefined) parts.push(`operation ${operation}`);
  if (pointer !== undefined) parts.push(`at ${pointer === "" ? "the root" : shortPointer(pointer)}`);
  return parts.join(", ");
}

/** Pointers of a thousand steps are for programs, which find them whole in the error's data. */
function shortPointer(pointer: string): string {
  return pointer.length <= 120 ? pointer : `${pointer.slice(0, 100)}…`;
}

/** Makes the error for input that cannot be taken: `what` is a phrase, the place is put in front of it. */
export function badInput(what: string, place: Place = {}): SheafError<"bad-input"> {
  const where = printPlace(place);
  return new SheafError("bad-input", place, where ? `${where}: ${what}` : what);
}

/** Gives an error's sentence without the place in front. */
export function bareMessage(error: SheafError<"bad-input">): string {
  const prefix = `${printPlace(error.data)}: `;
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
}

/** Puts a bad-input error at a place: what it knows itself stays. Gives any other error back as it is. */
export function atPlace(error: unknown, place: Place): unknown {
  if (!isSheafError(error, "bad-input")) return error;
  return badInput(bareMessage(error), { ...place, ...error.data });
}
