/**
 * A git repository as a remote: Sheaf's commits go there as git commits that people can read, and what others made there comes back.
 *
 * Step of the walk: ref → *push*. Wires `project/`, `adopt/`, `pack/` and `transport/` together, and holds nothing itself.
 */
import {
  compareText,
  printCid,
  type Fetched,
  type RefOutcome,
  type RefUpdate,
  type Remote,
  type RemoteRef,
  type RemoteRefs,
  type Traffic,
  type Watch,
  type WireOptions,
} from "@sheaf/core";
import { fromGitRef } from "./project/ref-name.js";
import { fetchFrom } from "./remote/fetch.js";
import { PartFetch } from "./remote/part.js";
import { openKnown, type GitRemotePlace } from "./remote/place.js";
import { pushTo } from "./remote/push.js";
import type { GitPeer } from "./transport/peer.js";

/** Opens a git repository as a remote of this one. Closing it closes the peer. */
export function openGitRemote(peer: GitPeer, place: GitRemotePlace): Remote {
  return new GitRemote(peer, place);
}

class GitRemote implements Remote {
  readonly #part: PartFetch;

  constructor(
    readonly peer: GitPeer,
    readonly place: GitRemotePlace,
  ) {
    this.#part = new PartFetch(peer, place);
  }

  get url(): string {
    return this.peer.url;
  }

  async refs(watch: Watch = {}): Promise<RemoteRefs> {
    const { head, refs, isAbsent } = await this.peer.refs(watch);
    const known = await openKnown(this.place);
    const ours: RemoteRef[] = [];
    for (const { name, oid } of refs) {
      const ownName = fromGitRef(name);
      if (ownName === undefined) continue;
      const digest = await known.digestOf(oid);
      ours.push({ name: ownName, value: oid, ...(digest && { cid: printCid(digest) }) });
    }
    ours.sort((a, b) => compareText(a.name, b.name));
    return { refs: ours, ...(head?.startsWith("refs/heads/") && { head }), ...(isAbsent && { isAbsent }) };
  }

  fetch(
    refs: readonly RemoteRef[],
    options: WireOptions = {},
  ): Promise<{ refs: readonly Fetched[]; traffic: Traffic }> {
    if (options.holds) return this.#counted(() => this.#part.fetch(refs, options));
    return this.#counted(() => fetchFrom(this.peer, this.place, refs, options));
  }

  push(updates: readonly RefUpdate[], watch: Watch = {}): Promise<{ refs: readonly RefOutcome[]; traffic: Traffic }> {
    return this.#counted(() => pushTo(this.peer, this.place, updates, watch));
  }

  async close(): Promise<void> {
    await this.#part.close();
    await this.peer.close();
  }

  async #counted<T>(work: () => Promise<{ refs: T; objects: number }>): Promise<{ refs: T; traffic: Traffic }> {
    const before = this.peer.traffic();
    const { refs, objects } = await work();
    const { sent, received } = this.peer.traffic();
    return { refs, traffic: { sent: sent - before.sent, received: received - before.received, objects } };
  }
}
