/**
 * Push: what the other side lacks goes there, then its refs move, each by compare-and-swap.
 *
 * A branch there only moves forward, and a tag never, unless that is asked for: else the push is refused as stale before anything is sent. The notes of
 * versions go along.
 */
import { parseCid, type Cid, type Digest } from "../block/cid.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { isAncestor } from "../history/ancestry.js";
import { peel } from "../history/revision.js";
import type { RefOutcome, RefUpdate, RemoteRef, Traffic } from "../sync/remote.js";
import type { Connection } from "./connection.js";
import type { Context } from "./context.js";
import { currentBranch, writeLog } from "./heads.js";
import { pushNotes, sum } from "./note-exchange.js";
import { fullNames, parseRefspec, shortRef } from "./refspec.js";
import type { PushedRef, PushOptions, PushResult } from "./remote-contract.js";
import { noteSeen, trackingRef } from "./remotes.js";
import { revisionCid } from "./revisions.js";
import { setUpstream, upstreamOf } from "./upstream.js";

/** One ref that is to be pushed: from what here, to which name there. */
interface Order {
  /** As it was named; absent for a deletion. */
  readonly source?: string;
  readonly destination: string;
  readonly value: Cid | null;
  readonly isForced: boolean;
}

/** Pushes over an open remote. Throws stale-base or refused for a ref that cannot be taken, unless `partial`. */
export async function pushTo(
  context: Context,
  connection: Connection,
  refs: readonly string[] | undefined,
  options: PushOptions,
): Promise<PushResult> {
  const { remote, name } = connection;
  const theirs = new Map((await remote.refs(options)).refs.map(ref => [ref.name, ref]));
  const orders = await ordersOf(context, name, refs, options, theirs);
  const judged: { order: Order; verdict: PushedRef }[] = [];
  for (const order of orders)
    judged.push({ order, verdict: await judge(context, name, order, theirs.get(order.destination), options) });
  const rejected = judged.find(({ verdict }) => verdict.outcome === "rejected");
  if (rejected && !options.partial) throw rejection(rejected.verdict);
  const going = judged.filter(({ verdict }) => verdict.outcome !== "rejected" && verdict.outcome !== "unchanged");
  const { outcomes, traffic } = await send(
    connection,
    going.map(({ order }) => update(order, theirs.get(order.destination))),
    options,
  );
  const done = judged.map(({ order, verdict }) => ({
    order,
    verdict: settled(verdict, outcomes.get(order.destination)),
  }));
  for (const { order, verdict } of done)
    if (verdict.outcome !== "rejected") await note(context, name, order, options.setUpstream === true);
  const late = done.find(({ verdict }) => verdict.outcome === "rejected");
  if (late && !options.partial) throw rejection(late.verdict);
  const noted = await pushNotes(context, connection, theirs, tipsOf(done), options);
  const whole = { refs: done.map(({ verdict }) => verdict), notes: noted.notes, traffic: sum(traffic, noted.traffic) };
  return { remote: name ?? remote.url, url: remote.url, ...whole };
}

/** What the other side has now of what was to be pushed. */
function tipsOf(done: readonly { order: Order; verdict: PushedRef }[]): Digest[] {
  return done.flatMap(({ order: { value }, verdict: { outcome } }) =>
    value === null || outcome === "rejected" ? [] : [parseCid(value).digest],
  );
}

async function send(
  { remote }: Connection,
  updates: readonly RefUpdate[],
  options: PushOptions,
): Promise<{ outcomes: ReadonlyMap<string, RefOutcome>; traffic: Traffic }> {
  if (updates.length === 0) return { outcomes: new Map(), traffic: { sent: 0, received: 0, objects: 0 } };
  const { refs, traffic } = await remote.push(updates, options);
  return { outcomes: new Map(refs.map(outcome => [outcome.name, outcome])), traffic };
}

function update({ destination, value }: Order, from: RemoteRef | undefined): RefUpdate {
  return { name: destination, to: value, ...(from ? { from } : {}) };
}

/** What is to be pushed: what was named, or the current branch. */
async function ordersOf(
  context: Context,
  remote: string | undefined,
  refs: readonly string[] | undefined,
  options: PushOptions,
  theirs: ReadonlyMap<string, RemoteRef>,
): Promise<Order[]> {
  const orders: Order[] = [];
  const isWhole = options.all || options.tags || options.environments;
  if (refs === undefined || refs.length === 0) {
    if (options.delete) throw badInput("name the branch or tag to delete on the other side");
    if (!isWhole) orders.push(await currentOrder(context, remote, options));
  } else for (const text of refs) orders.push(await orderOf(context, text, options, theirs));
  const prefixes = [
    ...(options.all ? ["refs/heads/"] : []),
    ...(options.tags ? ["refs/tags/"] : []),
    ...(options.environments ? ["refs/environments/"] : []),
  ];
  for (const prefix of prefixes)
    for (const { name, entry } of await context.logs.heads(prefix))
      if (!orders.some(({ destination }) => destination === name))
        orders.push({
          source: name,
          destination: name,
          value: entry.value as Cid,
          isForced: options.force === true,
        });
  return orders;
}

async function currentOrder(context: Context, remote: string | undefined, options: PushOptions): Promise<Order> {
  const branch = await currentBranch(context);
  const source = `refs/heads/${branch}`;
  const value = (await context.logs.read(source))?.value ?? null;
  if (value === null)
    throw new SheafError("no-such-ref", { ref: branch }, `there is no commit on ${branch} yet; make one first`);
  const upstream = await upstreamOf(context, branch);
  const follows = upstream && upstream.remote === remote ? `refs/heads/${upstream.branch}` : source;
  return { source, destination: follows, value: value as Cid, isForced: options.force === true };
}

async function orderOf(
  context: Context,
  text: string,
  options: PushOptions,
  theirs: ReadonlyMap<string, RemoteRef>,
): Promise<Order> {
  const { source, destination, isForced } = parseRefspec(text);
  const forced = isForced || options.force === true;
  if (options.delete || source === "") {
    if (options.delete && destination !== undefined) throw badInput(`${text}: with delete, name the ref alone`);
    const name = destination ?? source;
    const there = fullNames(name).find(full => theirs.has(full)) ?? fullNames(name)[0];
    return { destination: there, value: null, isForced: forced };
  }
  const own = await ownRef(context, source);
  const value = own?.value ?? (await revisionCid(context, source));
  if (!own && destination === undefined)
    throw new SheafError(
      "no-such-ref",
      { ref: source },
      `${source} is no branch or tag here; to push a commit, say where to: ${source}:refs/heads/<branch>`,
    );
  return { source: own?.name ?? source, destination: target(destination, own?.name), value, isForced: forced };
}

/** The full name of a destination: that of the source where none is given; a branch unless a tag is pushed. */
function target(destination: string | undefined, source: string | undefined): string {
  if (destination === undefined) return source as string;
  if (destination.startsWith("refs/")) return destination;
  return `refs/${source?.startsWith("refs/tags/") ? "tags" : "heads"}/${destination}`;
}

async function ownRef(context: Context, name: string): Promise<{ name: string; value: Cid } | undefined> {
  const tried = name === "HEAD" ? [`refs/heads/${await currentBranch(context)}`] : fullNames(name);
  for (const full of tried) {
    try {
      const value = (await context.logs.read(full))?.value ?? null;
      if (value !== null) return { name: full, value: value as Cid };
    } catch (error) {
      // A revision such as main~1 is no name of a ref.
      if (!isSheafError(error, "bad-input")) throw error;
    }
  }
  return undefined;
}

/** Says what may become of a ref there, before anything is sent. */
async function judge(
  context: Context,
  remote: string | undefined,
  order: Order,
  there: RemoteRef | undefined,
  options: PushOptions,
): Promise<PushedRef> {
  const { destination, source, value, isForced } = order;
  const before = there === undefined ? null : there.cid;
  const told = {
    remote: destination,
    ...(source === undefined ? {} : { ref: source }),
    ...(before === undefined ? {} : { before }),
    after: value,
  };
  if (value === before) return { ...told, outcome: "unchanged" };
  const lease = await leaseFault(context, remote, destination, before, options.forceWithLease);
  if (lease !== undefined) return { ...told, outcome: "rejected", reason: "stale", message: lease };
  if (value === null) return { ...told, outcome: "deleted" };
  if (there === undefined) return { ...told, outcome: "new" };
  const isForward = destination.startsWith("refs/tags/")
    ? false
    : !destination.startsWith("refs/heads/") || (await descends(context, before ?? undefined, value));
  if (isForward) return { ...told, outcome: "updated" };
  if (isForced || isLeased(destination, options.forceWithLease)) return { ...told, outcome: "forced" };
  return { ...told, outcome: "rejected", ...refusalOf(destination, remote, before, value) };
}

function refusalOf(
  destination: string,
  remote: string | undefined,
  before: Cid | null | undefined,
  value: Cid,
): Pick<PushedRef, "reason" | "message"> {
  const short = shortRef(destination);
  if (destination.startsWith("refs/tags/"))
    return { reason: "exists", message: `the tag ${short} names something else there; --force overwrites it` };
  const where = remote === undefined ? "" : ` ${remote}`;
  return {
    reason: "stale",
    message: `${short} has commits there that are not in ${value} (it is at ${before ?? "a commit that is not here"}); take them in with sheaf pull${where} ${short}, then push again`,
  };
}

/** Says whether a commit here is in the history of another one here. What is not here is not. */
async function descends(context: Context, before: Cid | undefined, after: Cid): Promise<boolean> {
  if (before === undefined) return false;
  const { digest } = parseCid(before);
  const { store } = context;
  if (!(await store.has(digest))) return false;
  return isAncestor(store, await peel(store, digest), await peel(store, parseCid(after).digest));
}

function isLeased(destination: string, lease: PushOptions["forceWithLease"]): boolean {
  if (lease === undefined || typeof lease === "boolean") return lease === true;
  return expectationOf(destination, lease) !== undefined;
}

function expectationOf(
  destination: string,
  lease: Readonly<Record<string, string | null>>,
): { expected: string | null } | undefined {
  const key = [destination, shortRef(destination)].find(name => Object.hasOwn(lease, name));
  return key === undefined ? undefined : { expected: lease[key] };
}

/** Why a lease does not hold: the ref there is not what it was last seen as. */
async function leaseFault(
  context: Context,
  remote: string | undefined,
  destination: string,
  before: Cid | null | undefined,
  lease: PushOptions["forceWithLease"],
): Promise<string | undefined> {
  if (lease === undefined || lease === false || !isLeased(destination, lease)) return undefined;
  const wanted = lease === true ? undefined : expectationOf(destination, lease)?.expected;
  const expected =
    wanted === undefined || wanted === ""
      ? await lastSeen(context, remote, destination)
      : wanted && (await revisionCid(context, wanted));
  if (expected === before) return undefined;
  return `${shortRef(destination)} is at ${before ?? (before === null ? "nothing" : "a commit that is not here")} there, and not at ${expected ?? "nothing"} as expected; fetch, and look`;
}

async function lastSeen(context: Context, remote: string | undefined, destination: string): Promise<string | null> {
  if (remote === undefined || !destination.startsWith("refs/heads/")) return null;
  const ref = trackingRef(remote, destination.slice("refs/heads/".length));
  return (await context.logs.read(ref))?.value ?? null;
}

/** What was judged, after the other side had its say. */
function settled(verdict: PushedRef, outcome: RefOutcome | undefined): PushedRef {
  if (!outcome || outcome.ok) return verdict;
  const { reason, message } = outcome;
  return { ...verdict, outcome: "rejected", reason: reason === "moved" ? "stale" : "refused", message };
}

function rejection({ remote, before, after, reason, message = "" }: PushedRef): SheafError {
  const sentence = `${shortRef(remote)} was not pushed: ${message}`;
  if (reason !== "stale") return new SheafError("refused", {}, sentence);
  return new SheafError("stale-base", { ref: remote, base: after ?? "", head: before ?? "" }, sentence);
}

/** Notes here what the other side has now. */
async function note(
  context: Context,
  remote: string | undefined,
  { destination, source, value }: Order,
  follows: boolean,
): Promise<void> {
  if (remote === undefined) return;
  const command = `push ${remote}`;
  if (destination.startsWith("refs/environments/")) await noteSeen(context, remote, destination, value, command);
  if (!destination.startsWith("refs/heads/")) return;
  const branch = destination.slice("refs/heads/".length);
  const ref = trackingRef(remote, branch);
  const entry = await context.logs.read(ref);
  if ((entry?.value ?? null) !== value) await writeLog(context, ref, entry, value, command);
  if (follows && value !== null && source?.startsWith("refs/heads/"))
    await setUpstream(context, source.slice("refs/heads/".length), { remote, branch });
}
