/**
 * Fetches a part of a git repository: the rows of some datasets.
 *
 * What others did in git is adopted with all that it stands on, so a part cannot be had from git alone. First the commits are adopted here: that works where
 * they touch what is here. Where it does not, and at first, everything is adopted in a repository of its own, kept while the remote is open, and the part copied
 * from there as from any Sheaf repository. So the same CIDs come, whichever way was taken.
 */
import {
  isSheafError,
  openDriveRemote,
  Repository,
  SheafError,
  type Drive,
  type Fetched,
  type RemoteRef,
  type WireOptions,
} from "@sheaf/core";
import { cacheFolder } from "../project/cache.js";
import type { GitPeer } from "../transport/peer.js";
import { fetchFrom } from "./fetch.js";
import type { GitRemotePlace, LentDrive } from "./place.js";

/** Everything that was fetched, as a repository that goes with the remote. */
interface Whole {
  readonly lent: LentDrive;
  readonly place: GitRemotePlace;
}

export class PartFetch {
  #whole: Whole | undefined;

  constructor(
    readonly peer: GitPeer,
    readonly place: GitRemotePlace,
  ) {}

  /** Fetches the refs with the rows that `options.holds`; gives what each is here, in order, and the number of objects that came from git. */
  async fetch(refs: readonly RemoteRef[], options: WireOptions): Promise<{ refs: Fetched[]; objects: number }> {
    return (await this.#fetchOnTop(refs, options)) ?? (await this.#fetchWhole(refs, options));
  }

  async close(): Promise<void> {
    await this.#whole?.lent.close();
    this.#whole = undefined;
  }

  /** Fetches only what is new; `undefined` when that stands on what is not here. */
  async #fetchOnTop(refs: readonly RemoteRef[], options: WireOptions) {
    if (options.fromNothing || this.#whole || (await this.place.local.logs.heads("refs/")).length === 0)
      return undefined;
    try {
      return await fetchFrom(this.peer, this.place, refs, options);
    } catch (error) {
      // What is wrong with the commits themselves shows again when everything is fetched.
      if (isSheafError(error, "missing-block") || isSheafError(error, "bad-input")) return undefined;
      throw error;
    }
  }

  async #fetchWhole(refs: readonly RemoteRef[], options: WireOptions) {
    const { signal, progress } = options;
    this.#whole ??= await this.#open();
    const { lent, place } = this.#whole;
    const fetched = await fetchFrom(this.peer, place, refs, { signal, progress });
    for (const { cid } of fetched.refs) if (cid !== undefined) await keep(place, cid);
    const wanted = fetched.refs.flatMap(({ ref: { name }, cid }) => (cid === undefined ? [] : [{ name, value: cid }]));
    const remote = await openDriveRemote(lent.drive, this.place.local, { url: this.peer.url });
    await remote.fetch(wanted, options);
    await copyCache(lent.drive, this.place.local.drive);
    return fetched;
  }

  async #open(): Promise<Whole> {
    const { openDrive, local } = this.place;
    if (!openDrive)
      throw new SheafError("refused", {}, `${this.peer.url} gives no part of itself here; clone all of it`);
    const lent = await openDrive();
    const repository = await Repository.open(lent.drive, { platform: local.platform, create: true });
    return { lent, place: { ...this.place, local: repository.local() } };
  }
}

/** Lets a ref name what was fetched, so that it counts as here when more is fetched. */
async function keep({ local: { logs } }: GitRemotePlace, cid: string): Promise<void> {
  const name = `refs/remotes/whole/${cid}`;
  if (await logs.read(name)) return;
  const who = { name: "", email: "" };
  await logs.move(name, { from: undefined, to: cid, who, zone: 0, command: "fetch" });
}

/** Lets this side know as well what each commit is in git, so that what comes next can be adopted on top and pushed. */
async function copyCache(from: Drive, to: Drive): Promise<void> {
  for await (const name of from.list(cacheFolder)) {
    const bytes = await from.read(name);
    if (bytes) await to.create(name, bytes);
  }
}
