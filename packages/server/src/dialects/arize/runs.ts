/** Runs of experiments: what a task said of an example, one record each, with the columns that the client has for it. */
import {
  decodeItem,
  fromBlockForm,
  isObject,
  pointer,
  toBlockForm,
  type Operation,
  type Platform,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { beginning, itemIn, recordPath, recordsNow } from "../catalog/records.js";
import { rewrite } from "../catalog/rewrite.js";
import { nowTime } from "../catalog/time.js";
import { rowsIn } from "../catalog/words.js";
import { shownAnnotations, type AnnotationInputs, type Annotator } from "./annotations.js";
import { Columns } from "../catalog/system-columns.js";
import { annotating, messageOf } from "./edits.js";
import { checkCount, conflict, missing, unreadable } from "./errors.js";
import { flatText } from "./example.js";
import { experimentKind, readKept, runId, runKind, type Kept } from "./experiment.js";

const columns = new Columns(["id", "annotations"]);

/** The items of new runs. Throws 400, or 422 for what breaks a rule. */
export function readRuns(given: readonly unknown[], isOnDataset: boolean): ValueObject[] {
  checkCount("experiment_runs", given.length);
  return (given as readonly Value[]).map((run, i) => {
    const at = `experiment_runs[${i}]`;
    if (!isObject(run)) throw unreadable(`${at} is not an object`);
    const { example_id: example = null, output } = run;
    if (typeof output !== "string") throw unreadable(`${at} has no output that is a text`);
    const isFree = !isOnDataset && example === null;
    if (!isFree && (typeof example !== "string" || example === ""))
      throw unreadable(`${at} has no example_id that is a text`);
    return columns.own(run);
  });
}

/** Makes an experiment with its runs. Throws 409 where there is one of its name. */
export async function makeExperiment(call: Call, desk: Desk, made: Kept, runs: readonly ValueObject[]): Promise<void> {
  await write(call, desk, made.id, async before => {
    if (before) throw conflict(`there is an experiment called ${JSON.stringify(made.name)} already`);
    return { message: `create experiment ${made.name}`, after: made, patch: additions(made, 0, runs) };
  });
}

/** Appends runs to an experiment; gives what it is then. Throws 404 where it is gone. */
export async function appendRuns(call: Call, desk: Desk, id: string, runs: readonly ValueObject[]): Promise<Kept> {
  let after: Kept | undefined;
  await write(call, desk, id, async before => {
    if (!before) throw gone();
    after = {
      ...before,
      runs: before.runs + runs.length,
      updated_at: nowTime(desk.repo),
    };
    return {
      message: rowsIn(recordPath(runKind), "append", runs.length),
      after,
      patch: additions(before, before.runs, runs),
    };
  });
  if (!after) throw gone();
  return after;
}

/** Removes an experiment and its runs. Throws 404 where it is gone. */
export async function removeExperiment(call: Call, desk: Desk, id: string): Promise<void> {
  await write(call, desk, id, async before => {
    if (!before) throw gone();
    const there = await recordsNow(desk, runKind);
    const patch: Operation[] = [];
    for (let n = 0; n < before.runs; n++)
      if (there && (await there.cid(runId(before, n))) !== undefined)
        patch.push({ op: "remove", path: pointer("items", runId(before, n)) });
    return { message: `remove experiment ${before.name}`, after: undefined, patch };
  });
}

function gone() {
  return missing("the experiment is not there any more");
}

function additions(kept: Kept, from: number, runs: readonly ValueObject[]): Operation[] {
  return runs.map((run, i) => ({
    op: "add",
    path: pointer("items", runId(kept, from + i)),
    value: toBlockForm(run),
  }));
}

/** What becomes of an experiment, and the patch of the runs. */
interface Change {
  readonly message: string;
  readonly after: Kept | undefined;
  readonly patch: readonly Operation[];
}

/** Changes an experiment and runs of it, in one commit. */
async function write(
  call: Call,
  desk: Desk,
  id: string,
  change: (before: Kept | undefined) => Promise<Change>,
): Promise<void> {
  const [dataset, runs] = [recordPath(experimentKind), recordPath(runKind)];
  await call.permit({ scope: "write", dataset: runs });
  await rewrite(call, desk, dataset, async ({ version }) => {
    const record = await itemIn(version, id);
    const { message, after, patch } = await change(record && readKept(id, record));
    const path = pointer("items", id);
    const own: Operation = after ? { op: "add", path, value: recordOf(after) } : { op: "remove", path };
    const begun = [...(await beginning(desk, experimentKind)), ...(await beginning(desk, runKind))];
    return { changes: [...begun, { dataset, patch: [own] }, { dataset: runs, patch }], message, rows: [id] };
  });
}

function recordOf({ id: _, ...item }: Kept): ValueObject {
  return { ...item };
}

/** Annotates those of these runs that the experiment has. */
export async function annotateRuns(call: Call, desk: Desk, { id }: Kept, given: AnnotationInputs, by: Annotator) {
  const inputs = new Map([...given].filter(([run]) => run.startsWith(`${id}-`)));
  const annotations = annotating(inputs, by, new Set());
  const dataset = recordPath(runKind);
  const message = messageOf(dataset, annotations);
  await rewrite(call, desk, dataset, async ({ version }) => {
    const { patch, rows } = version ? await annotations.edit(version) : { patch: [], rows: [] };
    return patch.length === 0 ? undefined : { changes: [{ dataset, patch }], message, rows };
  });
}

/** So many runs of an experiment from the n-th on, as exact JSON texts. */
export async function runTexts(desk: Desk, kept: Kept, from: number, limit: number): Promise<string[]> {
  const version = await recordsNow(desk, runKind);
  const count = version ? Math.max(0, Math.min(limit, kept.runs - from)) : 0;
  const ids = Array.from({ length: count }, (_, i) => runId(kept, from + i));
  const stored = await Promise.all(ids.map(async id => (await version?.stored(id))?.blocks[0]));
  const { platform } = desk.repo.context;
  return stored.flatMap((block, i) => (block ? [runText(platform, ids[i], block)] : []));
}

function runText(platform: Platform, id: string, block: Uint8Array): string {
  const annotations = shownAnnotations(platform, block);
  const system = { id, ...(annotations.length === 0 ? {} : { annotations }) };
  return flatText(system, columns.shown(fromBlockForm(decodeItem(block)).item));
}
