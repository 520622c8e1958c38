/**
 * Fetch: what another repository has comes here, then the refs that follow its branches move. Branches of this repository stay where they are.
 *
 * A branch `main` of `origin` goes to `refs/remotes/origin/main`, whatever that was. A tag goes by its own name and is never overwritten. An environment
 * goes by its own name too, where this side has none or has not moved it since it was last fetched or pushed. The notes of versions come along.
 */
import { parseCid, type Cid } from "../block/cid.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { blockType } from "../history/commit.js";
import { decode } from "../item/cbor.js";
import type { Fetched, Remote, RemoteRef, Traffic } from "../sync/remote.js";
import type { Connection } from "./connection.js";
import type { Context } from "./context.js";
import { writeLog } from "./heads.js";
import { fetchNotes, sum } from "./note-exchange.js";
import { partOf } from "./part.js";
import { fullNames, parseRefspec, shortRef } from "./refspec.js";
import type { FetchedRef, FetchOptions, FetchResult } from "./remote-contract.js";
import { noteSeen, seenLog, trackingRef } from "./remotes.js";

/** A ref of the other side, and where it goes. */
interface Course {
  readonly ref: RemoteRef;
  /** Its name here; absent when it is only fetched. */
  readonly to?: string;
  readonly kind: "follow" | "tag" | "environment" | "chosen";
  readonly isForced: boolean;
}

const noTraffic: Traffic = { sent: 0, received: 0, objects: 0 };

/** Fetches from an open remote. */
export async function fetchFrom(
  context: Context,
  { name, remote }: Connection,
  options: FetchOptions & { fromNothing?: boolean },
): Promise<FetchResult> {
  const { refs: theirs, isAbsent } = await remote.refs(options);
  if (isAbsent) throw nothingThere(remote.url);
  const courses = plan(theirs, name, options);
  const gone = options.prune && name !== undefined ? await prune(context, name, theirs) : [];
  const open: Course[] = [];
  const settled: FetchedRef[] = [];
  for (const course of courses) {
    const known = options.fromNothing ? undefined : await settle(context, course);
    if (known) settled.push(known);
    else open.push(course);
    if (known?.after && course.kind === "environment" && name !== undefined)
      await noteSeen(context, name, course.ref.name, known.after, `fetch ${name}`);
  }
  const { got, traffic } = await bring(context, remote, open, options);
  options.signal?.throwIfAborted();
  for (const [i, course] of open.entries()) settled.push(await take(context, name, course, got[i]));
  const noted = await fetchNotes(context, { remote, ...(name !== undefined && { name }) }, theirs, options);
  const whole = sum(traffic, noted.traffic);
  if (whole.objects > 0) await context.keeper.wake();
  const refs = [...settled, ...gone].sort((a, b) => (a.remote < b.remote ? -1 : 1));
  return { remote: name ?? remote.url, url: remote.url, refs, notes: noted.notes, traffic: whole };
}

/** The error for a place where a repository could be made by a push, and none is. */
export function nothingThere(url: string): SheafError<"no-such-repository"> {
  return new SheafError("no-such-repository", { path: url }, `there is nothing at ${url}; check the path`);
}

async function bring(
  context: Context,
  remote: Remote,
  open: readonly Course[],
  options: FetchOptions & { fromNothing?: boolean },
): Promise<{ got: readonly Fetched[]; traffic: Traffic }> {
  if (open.length === 0) return { got: [], traffic: noTraffic };
  const { signal, progress, fromNothing = false } = options;
  const { refs, traffic } = await remote.fetch(
    open.map(({ ref }) => ref),
    { signal, progress, fromNothing, holds: (await partOf(context))?.holds },
  );
  return { got: refs, traffic };
}

/** What is to be fetched: the chosen refs, or all branches with their tags and environments. */
function plan(theirs: readonly RemoteRef[], name: string | undefined, options: FetchOptions): Course[] {
  const { refs, tags = refs === undefined } = options;
  const courses = refs === undefined ? allOf(theirs, name) : refs.map(text => chosen(theirs, name, text, options));
  if (tags)
    for (const ref of theirs)
      if (ref.name.startsWith("refs/tags/") && !courses.some(course => course.ref === ref))
        courses.push({ ref, to: ref.name, kind: "tag", isForced: false });
  return courses;
}

function allOf(theirs: readonly RemoteRef[], name: string | undefined): Course[] {
  return theirs.flatMap((ref): Course[] => {
    const branch = branchOf(ref.name);
    if (branch !== undefined)
      return [
        { ref, kind: "follow", isForced: true, ...(name === undefined ? {} : { to: trackingRef(name, branch) }) },
      ];
    if (ref.name.startsWith("refs/environments/")) return [{ ref, to: ref.name, kind: "environment", isForced: false }];
    return [];
  });
}

function chosen(theirs: readonly RemoteRef[], name: string | undefined, text: string, options: FetchOptions): Course {
  const { source, destination, isForced } = parseRefspec(text);
  const ref = fullNames(source).flatMap(full => theirs.find(each => each.name === full) ?? [])[0];
  if (!ref) throw badInput(`there is no branch or tag ${JSON.stringify(source)} on the other side`);
  const branch = branchOf(ref.name);
  if (destination !== undefined) {
    const isTag = ref.name.startsWith("refs/tags/");
    const to = destination.startsWith("refs/") ? destination : `refs/${isTag ? "tags" : "heads"}/${destination}`;
    return { ref, to, kind: "chosen", isForced: isForced || options.force === true };
  }
  if (branch === undefined) return { ref, to: ref.name, kind: "tag", isForced: isForced || options.force === true };
  return { ref, kind: "follow", isForced: true, ...(name === undefined ? {} : { to: trackingRef(name, branch) }) };
}

function branchOf(ref: string): string | undefined {
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : undefined;
}

/** What can be said of a ref without fetching: its name is impossible here, or it is here already. */
async function settle(context: Context, { ref, to }: Course): Promise<FetchedRef | undefined> {
  if (to === undefined) return undefined;
  try {
    context.logs.check(to);
  } catch (error) {
    return refused(ref.name, (error as Error).message);
  }
  const before = ((await context.logs.read(to))?.value ?? null) as Cid | null;
  if (ref.cid === undefined || before !== ref.cid) return undefined;
  return { remote: ref.name, ref: to, outcome: "unchanged", before, after: before };
}

function refused(remote: string, message: string): FetchedRef {
  return { remote, outcome: "refused", before: null, after: null, message };
}

/** Lets the ref here move to what was fetched, where it may. */
async function take(
  context: Context,
  name: string | undefined,
  { ref, to, kind, isForced }: Course,
  { cid, reason }: Fetched,
): Promise<FetchedRef> {
  if (cid === undefined) return refused(ref.name, reason ?? "it cannot be had");
  if (branchOf(ref.name) !== undefined && !(await isCommit(context, cid)))
    return refused(ref.name, `${ref.name} names something that is no commit`);
  if (to === undefined) return { remote: ref.name, outcome: "new", before: null, after: cid };
  const entry = await context.logs.read(to);
  const before = (entry?.value ?? null) as Cid | null;
  const told = { remote: ref.name, ref: to, before };
  const isOwn = before !== null && before !== cid && !isForced && !(await isAsSeen(context, name, kind, to, before));
  if (isOwn) return { ...told, outcome: "kept", after: before, message: keptWords(kind, to) };
  if (before !== cid) {
    const fault = await moveTo(context, to, entry, cid, name ?? "a URL");
    if (fault !== undefined) return { ...told, outcome: "refused", after: before, message: fault };
  }
  if (kind === "environment" && name !== undefined) await noteSeen(context, name, to, cid, `fetch ${name}`);
  const outcome = before === null ? "new" : before === cid ? "unchanged" : "updated";
  return { ...told, outcome, after: cid };
}

async function isCommit(context: Context, cid: Cid): Promise<boolean> {
  return blockType(decode(await context.store.load(parseCid(cid).digest))) === "commit";
}

/** Says whether an environment here is still what it was when it was last fetched or pushed. */
async function isAsSeen(
  context: Context,
  name: string | undefined,
  kind: Course["kind"],
  to: string,
  before: Cid,
): Promise<boolean> {
  if (kind !== "environment" || name === undefined) return false;
  return (await context.logs.read(seenLog(name, to)))?.value === before;
}

function keptWords(kind: Course["kind"], to: string): string {
  const short = shortRef(to);
  if (kind === "environment") return `${short} was moved here too; it stays as it is`;
  if (kind === "tag") return `the tag ${short} names something else here; it stays as it is: delete it to get theirs`;
  return `${short} holds something else here; it stays as it is, unless --force or a + in front says otherwise`;
}

/** Moves a ref to what was fetched; gives a sentence when that cannot be. */
async function moveTo(
  context: Context,
  to: string,
  entry: Awaited<ReturnType<Context["logs"]["read"]>>,
  cid: Cid,
  name: string,
): Promise<string | undefined> {
  try {
    if (await writeLog(context, to, entry, cid, `fetch ${name}`)) return undefined;
    const now = await context.logs.read(to);
    return now?.value === cid ? undefined : `${to} was moved by somebody else just now; fetch again`;
  } catch (error) {
    if (isSheafError(error, "already-exists")) return `${error.message}; --prune removes what is gone there`;
    throw error;
  }
}

/** Removes the refs that follow branches which are gone there. */
async function prune(context: Context, name: string, theirs: readonly RemoteRef[]): Promise<FetchedRef[]> {
  const there = new Set(theirs.flatMap(ref => branchOf(ref.name) ?? []));
  const gone: FetchedRef[] = [];
  const prefix = trackingRef(name, "");
  for (const { name: ref, entry } of await context.logs.heads(prefix)) {
    const branch = ref.slice(prefix.length);
    if (there.has(branch)) continue;
    await writeLog(context, ref, entry, null, `fetch ${name}`);
    gone.push({ remote: `refs/heads/${branch}`, ref, outcome: "deleted", before: entry.value as Cid, after: null });
  }
  return gone;
}
