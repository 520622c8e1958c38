/** A push to git: what the other side lacks as one pack, and the moves of its refs. */
import { difference, parseCid, type Digest, type RefOutcome, type RefUpdate, type Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import { zeroOid } from "../oid.js";
import { PackWriter } from "../pack/writer.js";
import { readVersion } from "../project/commit-order.js";
import type { Projector } from "../project/contract.js";
import { toGitRef } from "../project/ref-name.js";
import type { Advertisement } from "../transport/advertisement.js";
import { needsPack, type RefCommand, type RefReport } from "../transport/commands.js";
import type { GitPeer, PushResult } from "../transport/peer.js";
import { hookLine } from "../transport/words.js";
import { openKnown, type GitRemotePlace } from "./place.js";

/** What git's servers say when a ref is not what the push took it for. */
const raceWords =
  /failed to (?:update|lock)|cannot lock|unable to lock|already exists|incorrect old value|fetch first|stale info|remote ref updated/i;

/** An update as git is asked for it, and the digest that is to be there. */
interface Planned {
  /** The ref's name here. */
  readonly name: string;
  readonly command: RefCommand;
  readonly to: Digest | null;
}

/** Sends what is missing and moves the refs; gives an outcome for each update in order, and the number of objects that were sent. */
export async function pushTo(
  peer: GitPeer,
  place: GitRemotePlace,
  updates: readonly RefUpdate[],
  watch: Watch,
): Promise<{ refs: RefOutcome[]; objects: number }> {
  const projector = await openKnown(place);
  const there = await peer.refsToPush(watch);
  const outcomes = new Map<string, RefOutcome>();
  const planned: Planned[] = [];
  for (const update of updates) {
    const plan = await planOf(update, there, peer.url, projector, watch);
    if ("ok" in plan) outcomes.set(update.name, plan);
    else planned.push(plan);
  }
  const objects =
    planned.length === 0 ? 0 : await new Sending(peer, place, projector, there, watch).send(planned, outcomes);
  await projector.save();
  return { refs: updates.map(({ name }) => outcomes.get(name) ?? { name, ok: true }), objects };
}

/** What is to be asked for; or the outcome, where there is nothing to ask. */
async function planOf(
  { name, to, from }: RefUpdate,
  { refs }: Advertisement,
  url: string,
  projector: Projector,
  watch: Watch,
): Promise<Planned | RefOutcome> {
  const gitName = toGitRef(name);
  if (gitName === undefined)
    return {
      name,
      ok: false,
      reason: "refused",
      message: `${name} is a ref of this repository alone; it is not pushed`,
    };
  const now = refs.find(ref => ref.name === gitName)?.oid ?? zeroOid;
  const digest = to === null ? null : parseCid(to).digest;
  const wanted = digest === null ? zeroOid : await projector.oidOf(digest, watch);
  if (now === wanted) return { name, ok: true };
  if (now !== (from?.value ?? zeroOid)) {
    const found = now === zeroOid ? "not there any more" : `${now.slice(0, 8)} now`;
    return { name, ok: false, reason: "moved", message: `${name} at ${url} is ${found}` };
  }
  return { name, command: { name: gitName, from: now, to: wanted }, to: digest };
}

class Sending {
  constructor(
    readonly peer: GitPeer,
    readonly place: GitRemotePlace,
    readonly projector: Projector,
    readonly there: Advertisement,
    readonly watch: Watch,
  ) {}

  async send(planned: readonly Planned[], outcomes: Map<string, RefOutcome>): Promise<number> {
    const commands = planned.map(({ command }) => command);
    const scratch = await this.place.openScratch();
    try {
      const thin = !this.there.capabilities.has("no-thin");
      const writer = new PackWriter(this.place.git, scratch, { thin });
      await this.#project(planned, writer);
      const pack = needsPack(commands) ? writer.stream(this.watch.signal) : undefined;
      const result = await this.peer.push(commands, pack && this.#watched(pack, writer.bytes), this.watch);
      for (const [i, report] of result.refs.entries())
        outcomes.set(planned[i].name, outcomeOf(report, result, planned[i], this.peer.url));
      return writer.count;
    } finally {
      await scratch.close();
    }
  }

  async #project(planned: readonly Planned[], writer: PackWriter): Promise<void> {
    const tips = planned.flatMap(({ to }) => (to === null ? [] : [to]));
    if (tips.length === 0) return;
    const lacking = await this.#lacking(tips);
    const isKnown = (oid: Oid) => !lacking.has(oid);
    await this.projector.send(tips, { isKnown, isEmpty: this.there.refs.length === 0 }, writer, this.watch);
  }

  /** Names in git of what the other side lacks: what is not in the history of those of its refs that are known here. */
  async #lacking(tips: readonly Digest[]): Promise<Set<Oid>> {
    const { reader } = this.place.local;
    const theirs = new Set(this.there.refs.map(({ oid }) => oid));
    const had: Digest[] = [];
    for (const { oid, peeled = oid } of this.there.refs) {
      const digest = await this.projector.digestOf(peeled);
      if (digest && (await reader.has(digest)) && (await this.#isCommit(digest))) had.push(digest);
    }
    const lacking = new Set<Oid>();
    const commits: Digest[] = [];
    for (const tip of tips) {
      let version = await readVersion(reader, tip);
      for (; version.type === "tag"; version = await readVersion(reader, version.tag.target)) {
        const oid = await this.projector.oidOf(version.digest, this.watch);
        if (!theirs.has(oid)) lacking.add(oid);
      }
      commits.push(version.digest);
    }
    for (const digest of (await difference(reader, commits, had)).ahead)
      lacking.add(await this.projector.oidOf(digest, this.watch));
    return lacking;
  }

  async #isCommit(digest: Digest): Promise<boolean> {
    return (await readVersion(this.place.local.reader, digest)).type === "commit";
  }

  async *#watched(pack: AsyncIterable<Uint8Array>, total: number): AsyncGenerator<Uint8Array, void, void> {
    let done = 0;
    for await (const chunk of pack) {
      yield chunk;
      done += chunk.length;
      this.watch.progress?.({ phase: "sending", done, total, unit: "bytes" });
    }
  }
}

/** What a report means: a lost race, or a rule of the other side with what its hooks said. */
function outcomeOf({ ok, message }: RefReport, { words }: PushResult, { name }: Planned, url: string): RefOutcome {
  if (ok) return { name, ok: true };
  if (raceWords.test(message))
    return { name, ok: false, reason: "moved", message: `${name} at ${url} was moved meanwhile (${message})` };
  const said = words === "" ? "" : `: ${hookLine(words)}`;
  return { name, ok: false, reason: "refused", message: `${url} refuses ${name} (${message})${said}` };
}
