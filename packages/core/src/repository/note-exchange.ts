/**
 * The notes of versions between repositories: they come with every fetch and go with every push, as far as the commits do that they are of.
 *
 * A note has the same name everywhere. Where both sides wrote one since they last met, the two are merged here (`note-merge.ts`), and the merged one goes there.
 */
import type { Blocks } from "../block/blocks.js";
import { parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { isSheafError, type SheafError } from "../errors.js";
import { difference } from "../history/ancestry.js";
import { encodeNote, noteFault, notePrefix, parseNoteRef } from "../history/note.js";
import { peel } from "../history/revision.js";
import type { Fetched, RefOutcome, RefUpdate, Remote, RemoteRef, Traffic, WireOptions } from "../sync/remote.js";
import type { Watch } from "../watch.js";
import type { Connection } from "./connection.js";
import type { Context } from "./context.js";
import { mergeNotes } from "./note-merge.js";
import { partOf } from "./part.js";
import type { FetchedRef, PushedRef } from "./remote-contract.js";
import { noteSeen, seenLog } from "./remotes.js";
import { saysSame, VersionNotes } from "./version-notes.js";
import { inTransaction } from "./write.js";

/** What became of notes. */
export interface Exchanged<Ref> {
  readonly notes: readonly Ref[];
  readonly traffic: Traffic;
}

const noTraffic: Traffic = { sent: 0, received: 0, objects: 0 };

/** Takes in the notes of commits that are here: those that changed there since this side last met it, in one request for all. */
export async function fetchNotes(
  context: Context,
  { name, remote }: Connection,
  theirs: readonly RemoteRef[],
  options: Pick<WireOptions, "signal" | "progress" | "fromNothing">,
): Promise<Exchanged<FetchedRef>> {
  return (await Side.read(context, name)).fetch(remote, theirs, options);
}

/**
 * Sends the notes that the other side lacks of commits in the history of `tips`, in one request for all.
 *
 * Those that changed there too are fetched and merged first. What is refused there is told, and hinders nothing.
 */
export async function pushNotes(
  context: Context,
  { name, remote }: Connection,
  theirs: ReadonlyMap<string, RemoteRef>,
  tips: readonly Digest[],
  watch: Watch,
): Promise<Exchanged<PushedRef>> {
  const side = await Side.read(context, name);
  const met = side.own().flatMap(ref => theirs.get(ref) ?? []);
  const { traffic } = await side.fetch(remote, met, watch);
  const news = await notesWithin(
    context,
    tips,
    side.own().filter(ref => side.isNews(ref, theirs.get(ref))),
  );
  if (news.length === 0) return { notes: [], traffic };
  const updates = news.map(ref => side.update(ref, theirs.get(ref)));
  const pushed = await remote.push(updates, watch);
  const notes: PushedRef[] = [];
  for (const [i, outcome] of pushed.refs.entries()) notes.push(await side.pushed(updates[i], outcome));
  return { notes, traffic: sum(traffic, pushed.traffic) };
}

/** Those of these refs of notes whose commits are in the history of the tips, which are commits or tags. */
export async function notesWithin(
  { store }: Context,
  tips: readonly Digest[],
  refs: readonly string[],
): Promise<string[]> {
  if (tips.length === 0 || refs.length === 0) return [];
  const commits = await Promise.all(tips.map(tip => peel(store, tip)));
  const firsts = refs.map(ref => parseNoteRef(ref)?.first);
  const { ahead } = await difference(
    store,
    firsts.flatMap(first => (first === undefined ? [] : [parseCid(first).digest])),
    commits,
  );
  const without = new Set([undefined, ...ahead.map(digest => printCid(digest))]);
  return refs.filter((_, i) => !without.has(firsts[i]));
}

/** The traffic of two exchanges. */
export function sum(a: Traffic, b: Traffic): Traffic {
  const wire = a.wire === undefined && b.wire === undefined ? {} : { wire: (a.wire ?? 0) + (b.wire ?? 0) };
  return { sent: a.sent + b.sent, received: a.received + b.received, objects: a.objects + b.objects, ...wire };
}

/** What is here, and what the other side had when it was last met. */
class Side {
  readonly #notes: VersionNotes;
  /** Refs of notes there that were not taken: what is here does not hold what they say, so it must not go in their place. */
  readonly #apart = new Set<string>();

  private constructor(
    readonly context: Context,
    readonly remote: string | undefined,
    readonly here: Map<string, string | null>,
    readonly seen: Map<string, string | null>,
  ) {
    this.#notes = new VersionNotes(context);
  }

  static async read(context: Context, remote: string | undefined): Promise<Side> {
    const valuesBelow = async (prefix: string) =>
      (await context.logs.heads(prefix + notePrefix)).map(
        ({ name, entry }) => [name.slice(prefix.length), entry.value] as const,
      );
    const seen = remote === undefined ? [] : await valuesBelow(seenLog(remote, ""));
    return new Side(context, remote, new Map(await valuesBelow("")), new Map(seen));
  }

  /** The notes that are here. */
  own(): string[] {
    return [...this.here.keys()];
  }

  async fetch(
    remote: Remote,
    theirs: readonly RemoteRef[],
    options: Pick<WireOptions, "signal" | "progress" | "fromNothing">,
  ): Promise<Exchanged<FetchedRef>> {
    const wanted: RemoteRef[] = [];
    for (const ref of theirs)
      if (await this.#lacks(ref, options.fromNothing === true)) wanted.push(ref);
      else await this.#meet(ref);
    if (wanted.length === 0) return { notes: [], traffic: noTraffic };
    const { signal, progress, fromNothing = false } = options;
    const holds = (await partOf(this.context))?.holds;
    const { refs, traffic } = await this.#bring(remote, wanted, { signal, progress, fromNothing, holds });
    signal?.throwIfAborted();
    const notes: FetchedRef[] = [];
    for (const fetched of refs) notes.push(await this.#take(fetched));
    return { notes, traffic };
  }

  /** Fetches all at once or, where something is wrong with one of them, each alone: a bad one must not keep the others away. */
  async #bring(
    remote: Remote,
    wanted: readonly RemoteRef[],
    options: WireOptions,
  ): Promise<{ refs: readonly Fetched[]; traffic: Traffic }> {
    try {
      return await remote.fetch(wanted, options);
    } catch (error) {
      if (!isBad(error)) throw error;
      if (wanted.length === 1) return { refs: [{ ref: wanted[0], reason: error.message }], traffic: noTraffic };
    }
    const refs: Fetched[] = [];
    let traffic = noTraffic;
    for (const ref of wanted) {
      const brought = await this.#bring(remote, [ref], options);
      refs.push(...brought.refs);
      traffic = sum(traffic, brought.traffic);
    }
    return { refs, traffic };
  }

  /** Says whether the other side has a note that is news here, of a commit that is here. */
  async #lacks({ name, cid }: RemoteRef, isAll: boolean): Promise<boolean> {
    const place = name.startsWith(notePrefix) ? parseNoteRef(name) : undefined;
    if (!place) return false;
    const isKnown = cid !== undefined && (cid === this.here.get(name) || cid === this.seen.get(name));
    return (isAll || !isKnown) && this.context.store.has(parseCid(place.first).digest);
  }

  /** Notes that both sides came to the same by themselves: what either says next is a change of that. */
  async #meet({ name, cid }: RemoteRef): Promise<void> {
    if (cid !== undefined && cid === this.here.get(name) && cid !== this.seen.get(name))
      await this.#see(name, cid, "fetch");
  }

  /** Lets the note here be what was fetched, or what comes of both. */
  async #take({ ref: { name }, cid, reason }: Fetched): Promise<FetchedRef> {
    const { logs, store } = this.context;
    const fault =
      cid === undefined ? (reason ?? "it cannot be had") : await noteFault(store, name, parseCid(cid).digest);
    if (cid === undefined || fault !== undefined) return this.#refused(name, fault ?? "");
    for (;;) {
      const entry = await logs.read(name);
      const before = (entry?.value ?? null) as Cid | null;
      const after = await this.#merged(name, before, cid).catch(orUnknown);
      if (after === undefined) return this.#refused(name, "it is to be merged with rows that are not here");
      if (before !== after && !(await this.#notes.move(name, entry, after, `fetch ${this.remote ?? "a URL"}`)))
        continue;
      this.here.set(name, after);
      await this.#see(name, cid, "fetch");
      const outcome = before === null ? "new" : before === after ? "unchanged" : "updated";
      return { remote: name, ref: name, outcome, before, after };
    }
  }

  #refused(name: string, message: string): FetchedRef {
    this.#apart.add(name);
    return { remote: name, outcome: "refused", before: null, after: null, message };
  }

  async #merged(name: string, ours: Cid | null, theirs: Cid): Promise<Cid> {
    const base = this.seen.get(name) ?? null;
    if (ours === null || ours === base || ours === theirs) return theirs;
    if (theirs === base) return ours;
    const [our, their] = [await this.#notes.read(ours), await this.#notes.read(theirs)];
    const from = base === null ? undefined : await this.#notes.read(base).catch(orUnknown);
    const merge = async (blocks: Blocks) => {
      const merged = await mergeNotes(blocks, from, our, their);
      if (saysSame(merged, their)) return theirs;
      return saysSame(merged, our) ? ours : printCid(blocks.put(encodeNote(merged)));
    };
    return inTransaction(this.context, merge, cid => cid !== theirs && cid !== ours);
  }

  /** Says whether a note here is to go there: one that is not there, or is there as it was last seen and is something else here. */
  isNews(ref: string, there: RemoteRef | undefined): boolean {
    if (!there) return true;
    if (this.#apart.has(ref)) return false;
    const seen = this.seen.get(ref);
    return seen !== this.here.get(ref) && (there.cid ?? seen) === seen;
  }

  update(ref: string, from: RemoteRef | undefined): RefUpdate {
    return { name: ref, to: this.here.get(ref) as Cid, ...(from && { from }) };
  }

  async pushed({ name, to, from }: RefUpdate, outcome: RefOutcome): Promise<PushedRef> {
    const before = from ? (this.seen.get(name) ?? null) : null;
    const told = { remote: name, ref: name, before: before as Cid | null, after: to };
    if (outcome.ok) await this.#see(name, to, "push");
    if (outcome.ok) return { ...told, outcome: from ? "updated" : "new" };
    const { reason, message } = outcome;
    return { ...told, outcome: "rejected", reason: reason === "moved" ? "stale" : "refused", message };
  }

  async #see(ref: string, cid: Cid | null, command: string): Promise<void> {
    this.seen.set(ref, cid);
    if (this.remote !== undefined) await noteSeen(this.context, this.remote, ref, cid, `${command} ${this.remote}`);
  }
}

/** Says whether what the other side holds is at fault, and not the way there. */
function isBad(error: unknown): error is SheafError {
  return (["bad-input", "missing-block", "corrupt-block"] as const).some(code => isSheafError(error, code));
}

function orUnknown(error: unknown): undefined {
  if (isSheafError(error, "missing-block")) return undefined;
  throw error;
}
