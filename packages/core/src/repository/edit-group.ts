/**
 * Many requests to edit one branch, made into few commits: one pack and one move of the ref for all of them.
 *
 * Each request is all or nothing by itself and is answered by itself. Requests of one person with one message share a commit; those of different people never
 * do, so that every commit says who made it. The commits follow each other on the branch, which moves to the last one.
 */
import type { Blocks } from "../block/blocks.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { findRow } from "../dataset/lookup.js";
import { mergeSnapshots } from "../edit/snapshot-merge.js";
import { SheafError } from "../errors.js";
import type { Signature } from "../history/commit.js";
import { sameValue, type ValueObject } from "../item/value.js";
import { commitCid, readCommit, readSnapshot, type Context, type Tip } from "./context.js";
import type { Change, Committed, Conflict, Person, Rev, Watch } from "./contract.js";
import { findDataset } from "./dataset-tree.js";
import { touchedBy, Work } from "./edit.js";
import { headOf, type Head } from "./heads.js";
import { commitAt } from "./revisions.js";
import { advance, baseAt, branchToMove, inTransaction, putCommit, type Base } from "./write.js";

/** One of many requests: changes that are made together or not at all. */
export interface EditRequest {
  readonly changes: readonly Change[];
  /** Default: the repository's author. */
  readonly author?: Partial<Signature>;
  /** Requests that say nothing, or the same, may share a commit. */
  readonly message?: string;
  /** The revision that the edit was made on. It is stale if a dataset that it touches changed since. */
  readonly base?: Rev;
  /** Then `base` is judged by the items of these rows alone, of every dataset that is touched. */
  readonly rows?: readonly string[];
  /** Of the commit, which then is for this request alone. */
  readonly attributes?: ValueObject;
  /** Merges an edit on an old base into the head, field by field, instead of refusing it. */
  readonly merge?: boolean;
  /** Ends the request; those that share its write go on. */
  readonly signal?: AbortSignal;
}

/** What became of a request: its commit, with the ids of rows that were appended without one; or why it was refused. */
export type EditOutcome = Edited | { readonly error: unknown };

/** A request's commit; `rows` counts those in which columns changed, where columns were edited. */
export interface Edited extends Committed {
  readonly made: readonly string[];
  readonly rows?: number;
}

/** An edit on an old base was to be merged into the head, and both changed one thing in two ways. Nothing was stored. */
export class EditConflicts extends SheafError<"refused"> {
  constructor(
    dataset: string,
    readonly conflicts: readonly Conflict[],
  ) {
    super(
      "refused",
      { dataset },
      `${dataset} changed meanwhile in ${conflicts.length} of the same places; read it again and repeat the edit`,
    );
  }
}

/** People that an entry of the log names. */
const maxNamed = 8;
/** How often a lost race is tried again. */
const maxTries = 64;

/** Makes the commits of these requests on a branch (default: the current one); gives an outcome for each, in their order. */
export async function editEach(
  context: Context,
  requests: readonly EditRequest[],
  wanted?: string,
): Promise<EditOutcome[]> {
  const branch = await branchToMove(context, wanted);
  const outcomes = new Map<EditRequest, EditOutcome>();
  for (let tries = 0; tries < maxTries && outcomes.size < requests.length;) {
    const open = requests.filter(request => !outcomes.has(request));
    const head = await headOf(context, branch);
    const group = await inTransaction(
      context,
      blocks => new Group(context, blocks, branch, head).run(open),
      ({ failed, tip }) => failed.size === 0 && tip !== head.tip,
    );
    // Those that fail are left out and the others built anew, so that nothing of a refused request is stored.
    if (group.failed.size > 0) for (const [request, error] of group.failed) outcomes.set(request, { error });
    else if (await isTaken(context, branch, head, group, open))
      for (const [request, made] of group.done) outcomes.set(request, made);
    else tries++;
  }
  const lost = {
    error: new SheafError(
      "stale-base",
      { ref: branch, base: "", head: "" },
      `${branch} is moved by others all the time; try again`,
    ),
  };
  return requests.map(request => outcomes.get(request) ?? lost);
}

async function isTaken(
  context: Context,
  branch: string,
  head: Head,
  { tip }: Group,
  open: readonly EditRequest[],
): Promise<boolean> {
  if (!tip || tip === head.tip) return true;
  const command = open.length === 1 ? "edit" : `edit (${open.length} requests)`;
  const mover = moverOf(open);
  const moving = mover ? { ...context, mover } : context;
  return (await advance(moving, branch, head, tip.digest, command)) !== undefined;
}

/** Requests being made into commits on a head. */
class Group {
  readonly failed = new Map<EditRequest, unknown>();
  readonly done = new Map<EditRequest, EditOutcome>();
  tip: Tip | undefined;

  constructor(
    readonly context: Context,
    readonly blocks: Blocks,
    readonly branch: string,
    head: Head,
  ) {
    this.tip = head.tip;
  }

  async run(requests: readonly EditRequest[]): Promise<this> {
    for (const shared of byPerson(requests)) await this.#commit(shared);
    return this;
  }

  /** Makes one commit of requests of one person. */
  async #commit(requests: readonly EditRequest[]): Promise<void> {
    let work = new Work(this.context, this.blocks, await baseAt(this.blocks, this.tip));
    const made = new Map<EditRequest, Pick<Edited, "made" | "rows">>();
    for (const request of requests) {
      try {
        const next = await this.#apply(work, request);
        const { made: ids, rows } = next;
        made.set(request, { made: ids, ...(rows === undefined ? {} : { rows }) });
        work = next;
      } catch (error) {
        this.failed.set(request, error);
      }
    }
    if (made.size === 0) return;
    const { author, message, attributes } = requests[0];
    const options = {
      ...(author ? { author } : {}),
      ...(message === undefined ? {} : { message }),
      ...(attributes ? { attributes } : {}),
    };
    const digest = await putCommit(this.context, this.blocks, options, await work.draft(), this.#base());
    if (digest) this.tip = await readCommit(this.blocks, digest);
    const commit = this.tip ? commitCid(this.tip) : undefined;
    for (const [request, what] of made)
      this.done.set(
        request,
        commit ? { commit, advanced: digest !== undefined, ...what } : { error: noCommit(this.branch) },
      );
  }

  /** The commit that the next one follows. */
  #base(): { tip?: Tip } {
    return this.tip ? { tip: this.tip } : {};
  }

  async #apply(work: Work, request: EditRequest): Promise<Work> {
    const base = request.base === undefined ? undefined : await this.#baseOf(request.base);
    const stale = base && (await this.#staleDataset(work, request, base));
    if (base && stale !== undefined && request.merge) return this.#merge(work, request, base, stale);
    if (base && stale !== undefined) throw this.#staleError(base, stale);
    const next = work.fork();
    for (const change of request.changes) await next.apply(change, watchOf(request));
    return next;
  }

  async #baseOf(revision: Rev): Promise<Base & { tip: Tip }> {
    const tip = await commitAt(this.context, revision);
    return { tip, snapshot: await readSnapshot(this.blocks, tip) };
  }

  /** The first dataset that changed since the base, by what the request says it is judged. */
  async #staleDataset(work: Work, { changes, rows }: EditRequest, base: Base): Promise<string | undefined> {
    for (const path of touchedBy(changes)) {
      const before = await findDataset(this.blocks, base.snapshot, path);
      const now = await work.find(path);
      if (before === now || (before && now && isSame(before, now))) continue;
      if (!rows || !before || !now || before.id !== now.id) return path;
      for (const id of rows) {
        const [was, is] = [await findRow(this.blocks, before, id), await findRow(this.blocks, now, id)];
        if (was && is ? !sameDigest(was.item, is.item) : was !== is) return path;
      }
    }
    return undefined;
  }

  /** Makes the changes on their base, and merges that into what there is by now. */
  async #merge(work: Work, request: EditRequest, base: Base, stale: string): Promise<Work> {
    const theirs = new Work(this.context, this.blocks, base);
    for (const change of request.changes) await theirs.apply(change, watchOf(request));
    const ours = (await work.draft()).snapshot;
    const { snapshot, conflicts } = await mergeSnapshots(
      this.blocks,
      [base.snapshot],
      ours,
      (await theirs.draft()).snapshot,
    );
    if (conflicts.length > 0) throw new EditConflicts(stale, conflicts);
    const merged = work.fork({ ...this.#base(), snapshot });
    merged.sayAlso(theirs);
    merged.made = theirs.made;
    merged.rows = theirs.rows;
    return merged;
  }

  #staleError(base: Base & { tip: Tip }, dataset: string): SheafError<"stale-base"> {
    const data = { ref: this.branch, base: commitCid(base.tip), head: this.tip ? commitCid(this.tip) : "", dataset };
    return new SheafError(
      "stale-base",
      data,
      `${dataset} on ${this.branch} moved on: the edit is based on ${data.base}, the head is ${data.head || "gone"}; read it again and repeat the edit`,
    );
  }
}

function watchOf({ signal }: EditRequest): Watch {
  return signal ? { signal } : {};
}

/** Whoever moves the branch: all whose edits are in it, as far as a line has room. */
function moverOf(requests: readonly EditRequest[]): Person | undefined {
  const people = new Map<string, Person>();
  for (const { author: { name, email } = {} } of requests)
    if (name !== undefined && email !== undefined) people.set(`${name} <${email}>`, { name, email });
  const named = [...people.values()].slice(0, maxNamed);
  if (named.length === 0) return undefined;
  const rest = people.size > named.length ? ` and ${people.size - named.length} others` : "";
  return {
    name: named.map(({ name }) => name).join(", ") + rest,
    email: named.map(({ email }) => email).join(", "),
  };
}

/** Requests that may share a commit, in the order in which the first of each came. */
function byPerson(requests: readonly EditRequest[]): EditRequest[][] {
  const groups = new Map<unknown, EditRequest[]>();
  for (const request of requests) {
    const { author, message, attributes } = request;
    const key = attributes ? request : JSON.stringify([author?.name, author?.email, author?.time, message]);
    groups.set(key, [...(groups.get(key) ?? []), request]);
  }
  return [...groups.values()];
}

function isSame(a: DatasetBlock, b: DatasetBlock): boolean {
  return a.id === b.id && sameDigest(a.rows, b.rows) && sameDigest(a.ids, b.ids) && sameValue(a.meta, b.meta);
}

function noCommit(branch: string): SheafError<"refused"> {
  return new SheafError("refused", {}, `the edit changes nothing, and ${branch} has no commit yet that could be named`);
}
