/** Edits that are computed from a dataset as it is: made on what was read, and computed again where somebody else changed it meanwhile. */
import {
  isSheafError,
  type Change,
  type DatasetVersion,
  type Edited,
  type EditRequest,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";

/** What becomes of a dataset. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly message: string;
  /** Of the commit: `amended` (core) for a change in place. */
  readonly attributes?: ValueObject;
  /** Then the plan is believed while the items of these rows are as they were, whatever else of the dataset changed. */
  readonly rows?: readonly string[];
}

/** What was read: the dataset, `undefined` where there is none yet, and the commit, `undefined` before the first one. */
export interface Reading {
  readonly version: DatasetVersion | undefined;
  readonly commit: string | undefined;
}

/** How often an edit is computed again; each time, somebody else made progress. */
const maxTries = 64;
/** Lost races after which an edit is made while no other of this process on the dataset begins: who is slower than the others would lose for ever. */
const patience = 3;
/** Lost races after which no edit of this process on the branch is made meanwhile: the native ones, which do not wait for their turn, would win for ever. */
const lastPatience = 6;

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
  const turns = desk.turns(`rewrite ${path}`);
  for (let tries = 1; ; tries++) {
    const attempt = () => tryOnce(desk, path, plan, queued(call, desk));
    const atLast = () => desk.edits.alone(undefined, call.signal, () => tryOnce(desk, path, plan, atOnce(call, desk)));
    const outcome = await (tries > lastPatience
      ? turns.alone(atLast)
      : tries > patience
        ? turns.alone(attempt)
        : turns.among(attempt));
    if (!("lost" in outcome)) return outcome.edited;
    if (tries === maxTries) throw outcome.lost;
  }
}

type Edit = (request: EditRequest) => Promise<Edited>;

function queued({ signal, author }: Call, { edits }: Desk): Edit {
  return request => edits.edit({ ...request, author }, undefined, signal);
}

/** For who has the branch alone. */
function atOnce({ signal, author }: Call, { repo }: Desk): Edit {
  return async request => {
    const [outcome] = await repo.editEach([{ ...request, author, signal }]);
    if ("error" in outcome) throw outcome.error;
    return outcome;
  };
}

async function tryOnce(
  desk: Desk,
  path: string,
  plan: (reading: Reading) => Promise<Plan | undefined>,
  edit: Edit,
): Promise<{ edited: Edited | undefined } | { lost: unknown }> {
  const reading = await readNow(desk, path);
  const planned = await plan(reading);
  if (!planned || planned.changes.length === 0) return { edited: undefined };
  const { message, attributes = {} } = planned;
  const base = reading.commit === undefined ? {} : { base: reading.commit };
  try {
    return { edited: await edit({ ...planned, message, attributes, ...base }) };
  } catch (error) {
    // Without a commit there is no base that could be stale: a rival's first commit shows in that what was to be made is there.
    const isLate = reading.commit === undefined && isSheafError(error, "already-exists");
    if (isLate || isSheafError(error, "stale-base")) return { lost: error };
    throw error;
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
