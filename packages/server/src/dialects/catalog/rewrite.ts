/** Edits that are computed from a dataset as it is: made on what was read, and computed again where somebody else changed it meanwhile. */
import {
  isSheafError,
  type Change,
  type CommitOptions,
  type DatasetVersion,
  type Edited,
  type EditRequest,
  type ImportOptions,
  type RowBatch,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { batchesOf, type NewRow } from "./batches.js";

/** What becomes of a dataset. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly message: string;
  /** Of the commit: `amended` (core) for a change in place. */
  readonly attributes?: ValueObject;
  /** Then the plan is believed while the items of these rows are as they were, whatever else of the dataset changed. */
  readonly rows?: readonly string[];
  /** Instead of changes. */
  readonly intake?: Intake;
}

/** Many rows that come in: streamed, at the cost of an import, where a patch would be held whole. */
export interface Intake {
  readonly added: readonly NewRow[] | AsyncIterable<RowBatch>;
  /** These columns the dataset then has, and all its rows go. Without it, the new rows stand at the end. */
  readonly replacing?: readonly string[];
  /** The dataset is made, with this metadata. */
  readonly create?: ValueObject;
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
    const attempt = () => tryOnce(call, desk, path, plan, queued(call, desk));
    const atLast = () =>
      desk.edits.alone(undefined, call.signal, () => tryOnce(call, desk, path, plan, atOnce(call, desk)));
    const outcome = await (tries > lastPatience
      ? turns.alone(atLast)
      : tries > patience
        ? turns.alone(attempt)
        : turns.among(attempt));
    if (!("lost" in outcome)) return outcome.edited;
    if (tries === maxTries) throw outcome.lost;
  }
}

/** How an edit, or work that moves the branch by itself, gets at the branch. */
interface Way {
  readonly edit: (request: EditRequest) => Promise<Edited>;
  readonly work: (work: () => Promise<Edited>) => Promise<Edited>;
}

function queued({ signal, author }: Call, { edits }: Desk): Way {
  return {
    edit: request => edits.edit({ ...request, author }, undefined, signal),
    work: work => edits.alone(undefined, signal, work),
  };
}

/** For who has the branch alone. */
function atOnce({ signal, author }: Call, { repo }: Desk): Way {
  return {
    edit: async request => {
      const [outcome] = await repo.editEach([{ ...request, author, signal }]);
      if ("error" in outcome) throw outcome.error;
      return outcome;
    },
    work: work => work(),
  };
}

async function tryOnce(
  call: Call,
  desk: Desk,
  path: string,
  plan: (reading: Reading) => Promise<Plan | undefined>,
  way: Way,
): Promise<{ edited: Edited | undefined } | { lost: unknown }> {
  const reading = await readNow(desk, path);
  const planned = await plan(reading);
  if (!planned || (planned.changes.length === 0 && !planned.intake)) return { edited: undefined };
  const { message, attributes = {}, intake } = planned;
  const base = reading.commit === undefined ? {} : { base: reading.commit };
  const words = { message, attributes, ...base };
  try {
    const edited = intake
      ? await way.work(() => takeIn(call, desk, path, intake, words))
      : await way.edit({ ...planned, ...words });
    return { edited };
  } catch (error) {
    // Without a commit there is no base that could be stale: a rival's first commit shows in that what was to be made is there.
    const isLate = reading.commit === undefined && isSheafError(error, "already-exists");
    if (isLate || isSheafError(error, "stale-base")) return { lost: error };
    throw error;
  }
}

async function takeIn(
  { author, signal }: Call,
  desk: Desk,
  path: string,
  { added, create, replacing }: Intake,
  words: CommitOptions,
): Promise<Edited> {
  const mode: ImportOptions = replacing ? { mode: "set", columns: replacing, onlyColumns: true } : { mode: "add" };
  const options = { ...words, ...mode, author, signal, ...(create ? { create } : {}) };
  const batches = Symbol.asyncIterator in added ? added : batchesOf(added);
  const { commit, advanced } = await desk.repo.dataset(path).importBatches(unhurried(desk, batches), options);
  return { commit, advanced, made: [] };
}

/** Lets others have their turn between batches. */
async function* unhurried({ repo }: Desk, batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    yield batch;
    await repo.context.platform.pause();
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
