/** Edits that are computed from a dataset as it is: made on what was read, and computed again where somebody else changed it meanwhile. */
import { isSheafError, type Change, type DatasetVersion, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import type { Edited } from "../../edit-queue.js";

/** What becomes of a dataset. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly message: string;
  /** Of the commit: `amended` (core) for a change in place. */
  readonly attributes?: ValueObject;
}

/** What was read: the dataset, `undefined` where there is none yet, and the commit, `undefined` before the first one. */
export interface Reading {
  readonly version: DatasetVersion | undefined;
  readonly commit: string | undefined;
}

/** How often an edit is computed again; each time, somebody else made progress. */
const maxTries = 64;

/**
 * Makes the edit that `plan` gives for the dataset at `path`, in a commit of its own; `undefined` from the plan makes none.
 *
 * The plan throws what is to be refused. It runs again on the new state after a lost race. Throws stale-base after too many.
 */
export async function rewrite(
  call: Call,
  desk: Desk,
  path: string,
  plan: (reading: Reading) => Promise<Plan | undefined>,
): Promise<Edited | undefined> {
  await call.permit({ scope: "write", dataset: path });
  for (let tries = 1; ; tries++) {
    const reading = await readNow(desk, path);
    const planned = await plan(reading);
    if (!planned || planned.changes.length === 0) return undefined;
    const { changes, message, attributes = {} } = planned;
    const base = reading.commit === undefined ? {} : { base: reading.commit };
    try {
      const request = { changes, message, attributes, author: call.author, ...base };
      return await desk.edits.edit(request, undefined, call.signal);
    } catch (error) {
      if (tries === maxTries || !isSheafError(error, "stale-base")) throw error;
    }
  }
}

async function readNow({ repo }: Desk, path: string): Promise<Reading> {
  const { commit } = await repo.head();
  if (commit === undefined) return { version: undefined, commit };
  try {
    return { version: await repo.dataset(path).at(commit), commit };
  } catch (error) {
    if (isSheafError(error, "no-such-dataset")) return { version: undefined, commit };
    throw error;
  }
}
