/** A fetch from git: what refs reach and is not here comes as one pack, and its commits are adopted, parents first. */
import {
  isSheafError,
  printCid,
  type Commit,
  type Digest,
  type Fetched,
  type RemoteRef,
  type Watch,
  type WireOptions,
} from "@sheaf/core";
import { adoptAll } from "../adopt/history.js";
import { parseCommit, parseTag } from "../commit.js";
import type { ObjectSource, Oid } from "../object.js";
import { receivePack, type ReceivedPack } from "../pack/reader.js";
import type { Projector } from "../project/contract.js";
import type { GitPeer } from "../transport/peer.js";
import { ProjectedObjects } from "./bases.js";
import { openKnown, type GitRemotePlace } from "./place.js";
import { Reached } from "./reached.js";

/** Fetches the refs and gives what each is here, in order, and the number of objects that came. */
export async function fetchFrom(
  peer: GitPeer,
  place: GitRemotePlace,
  refs: readonly RemoteRef[],
  options: WireOptions,
): Promise<{ refs: Fetched[]; objects: number }> {
  const fetching = new Fetching(peer, place, await openKnown(place), options);
  return fetching.run(refs);
}

class Fetching {
  readonly #reached: Reached;
  readonly #found = new Map<Oid, Digest>();
  readonly #reasons = new Map<Oid, string>();

  constructor(
    readonly peer: GitPeer,
    readonly place: GitRemotePlace,
    readonly known: Projector,
    readonly options: WireOptions,
  ) {
    this.#reached = new Reached(place.local);
  }

  async run(refs: readonly RemoteRef[]): Promise<{ refs: Fetched[]; objects: number }> {
    const missing: Oid[] = [];
    for (const oid of new Set(refs.map(({ value }) => value as Oid))) {
      const here = await this.#here(oid);
      if (here) this.#found.set(oid, here);
      else missing.push(oid);
    }
    const objects = missing.length === 0 ? 0 : await this.#bring(missing);
    return { refs: refs.map(ref => this.#fetched(ref)), objects };
  }

  #fetched(ref: RemoteRef): Fetched {
    const digest = this.#found.get(ref.value as Oid);
    if (digest) return { ref, cid: printCid(digest) };
    return { ref, reason: this.#reasons.get(ref.value as Oid) ?? "it did not come" };
  }

  /** What a commit or tag of git's is here, where a ref reaches it. */
  async #here(oid: Oid): Promise<Digest | undefined> {
    if (this.options.fromNothing) return undefined;
    const digest = await this.known.digestOf(oid);
    return digest && (await this.#reached.has(digest)) ? digest : undefined;
  }

  async #bring(missing: readonly Oid[]): Promise<number> {
    const pack = await this.#receive(missing);
    try {
      const tips: Oid[] = [];
      for (const oid of missing) {
        const reason = await this.#reasonAgainst(oid, pack);
        if (reason === undefined) tips.push(oid);
        else this.#reasons.set(oid, reason);
      }
      await this.#adopt(tips, pack);
      return pack.count;
    } finally {
      await pack.close();
    }
  }

  /** Asks for differences from what is here; where their bases cannot be made again, for everything whole. */
  async #receive(missing: readonly Oid[]): Promise<ReceivedPack> {
    const { signal, progress } = this.options;
    const watch: Watch = { signal, progress };
    const { git, openScratch, local } = this.place;
    const others = new ProjectedObjects(git, local.reader, this.known, this.#reached.list());
    const ask = (thin: boolean) => this.peer.fetch(missing, this.#haves(), { ...watch, thin });
    const options = { platform: git, openScratch, ...watch };
    const first = await this.#haves().next();
    const hasAny = first.done !== true;
    try {
      return await receivePack(ask(hasAny), { ...options, others });
    } catch (error) {
      const lacksBase = isSheafError(error, "bad-input") || isSheafError(error, "missing-block");
      if (!lacksBase || !hasAny) throw error;
      return receivePack(ask(false), options);
    }
  }

  /** What is here, in git's names, as far as they are known. */
  async *#haves(): AsyncGenerator<Oid, void, void> {
    if (this.options.fromNothing) return;
    for await (const digest of this.#reached.list()) {
      const oid = this.known.knownOid(digest);
      if (oid !== undefined) yield oid;
    }
  }

  /** Commits that are here: first those that commits of the pack are made on, then all. */
  async *#nearby(pack: ReceivedPack): AsyncGenerator<Digest, void, void> {
    for (const { oid, type } of pack.list()) {
      const object = type === "commit" ? await pack.read(oid) : undefined;
      for (const parent of object ? parseCommit(object.body, { commit: oid }).parents : []) {
        const here = await this.#here(parent);
        if (here) yield here;
      }
    }
    yield* this.#reached.list();
  }

  /** Why Sheaf cannot hold what a ref names; `undefined` when it can. */
  async #reasonAgainst(oid: Oid, source: ObjectSource): Promise<string | undefined> {
    for (let at = oid; ;) {
      const object = (await this.#here(at)) ? undefined : await source.read(at);
      if (!object || object.type === "commit") return undefined;
      if (object.type !== "tag") return `it names a ${object.type}, and Sheaf holds commits alone`;
      at = parseTag(object.body, { commit: at }).object;
    }
  }

  async #adopt(tips: readonly Oid[], pack: ReceivedPack): Promise<void> {
    const { local } = this.place;
    const projector = await local.write(async blocks => {
      const projector = await openKnown(this.place, blocks);
      const sure = {
        treeOf: (snapshot: Digest, near?: Digest, watch?: Watch) => projector.treeOf(snapshot, near, watch),
        treeOfCommit: (digest: Digest, watch?: Watch) => projector.treeOfCommit(digest, watch),
        isMarked: (commit: Commit, tree: Oid, watch?: Watch) => projector.isMarked(commit, tree, watch),
        entries: (tree: Oid) => projector.entries(tree),
        file: (commit: Digest, path: string) => projector.file(commit, path),
        fileOf: (snapshot: Digest, path: string) => projector.fileOf(snapshot, path),
        remember: (digest: Digest, oid: Oid, tree?: Oid) => projector.remember(digest, oid, tree),
        digestOf: (oid: Oid) => this.#here(oid),
      };
      const { signal, progress } = this.options;
      const others = new ProjectedObjects(this.place.git, blocks, projector, this.#nearby(pack));
      const source = { read: async (oid: Oid) => (await pack.read(oid)) ?? (await others.read(oid)) };
      const place = { blocks, platform: local.platform, projector: sure, source };
      for (const [oid, digest] of await adoptAll(place, tips, { signal, progress })) this.#found.set(oid, digest);
      return projector;
    });
    await projector.save();
  }
}
