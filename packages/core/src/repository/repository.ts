/**
 * The repository as its users see it: what it does by itself, and what it does with others.
 *
 * Step of the walk: ref → *push*. Here repositories are opened and cloned; how another one is reached is the caller's to say (`connect`).
 */
import type { Cid } from "../block/cid.js";
import { SheafError } from "../errors.js";
import { ItemViewer } from "../item/viewer.js";
import type { Platform } from "../platform.js";
import { BlockStore, type StoreOptions } from "../store/blocks.js";
import type { Drive } from "../store/drive.js";
import { Logs } from "../store/logs.js";
import type { OpenBundle } from "../sync/bundle-remote.js";
import type { Connect, Local } from "../sync/remote.js";
import { RecentNodes } from "../tree/cache.js";
import * as bundling from "./bundling.js";
import { cloneInto } from "./cloning.js";
import type { Config } from "./config.js";
import { connected, localOf } from "./connection.js";
import type { Context } from "./context.js";
import type * as given from "./contract.js";
import { Exchange } from "./exchange.js";
import { fetchFrom } from "./fetching.js";
import { fetchWider } from "./widening.js";
import { currentBranch, headLog, writeLog } from "./heads.js";
import { Keeper } from "./keeper.js";
import { LocalRepository } from "./local.js";
import { expectAbsence } from "./part.js";
import { pull } from "./pulling.js";
import { pushTo } from "./pushing.js";
import * as rebasing from "./rebasing.js";
import { RecentDatasets } from "./recent-datasets.js";
import type * as distant from "./remote-contract.js";
import * as remotes from "./remotes.js";
import { RowFinder } from "./row-finder.js";
import { setUpstream, upstreamOf, upstreamState } from "./upstream.js";

/** What a repository needs of the world around it. */
export interface OpenOptions extends StoreOptions {
  readonly platform: Platform;
  /** Who makes commits; asked when the first one is made, with the configuration. Default: its `user.name` and `user.email`, else refused. */
  readonly author?: (config: Config) => given.Person | Promise<given.Person>;
  /** Minutes east of UTC for times. Default: 0. */
  readonly zone?: () => number;
  /** Make a repository where there is none. */
  readonly create?: boolean;
  /** Opens other repositories by their URLs. Default: none can be reached. */
  readonly connect?: Connect;
}

/** Memory for parsed nodes of trees: both trees of a million rows; with 128 MiB, look-ups in so many took four times as long. Filled only as nodes are read. */
const nodeCacheBytes = 320 * 2 ** 20;
/** A head that was the newest this lately, or in this share of the grace, is asked for its successor alone. */
const freshMs = 10_000;
const freshShare = 100;
const formatLog = "format";
const formatVersion = "1";
const defaultRemote = "origin";

export class Repository extends LocalRepository {
  /** Opens the repository on a drive. Throws no-such-repository when there is none and `create` does not ask for one. */
  static async open(drive: Drive, options: OpenOptions): Promise<Repository> {
    const repository = await Repository.#over(drive, options);
    await found(repository.context, options.create === true);
    await expectAbsence(repository.context);
    return repository;
  }

  /**
   * Makes a repository on a drive from another one, whose branches are then `origin/…` here.
   *
   * Throws already-exists when there is a repository on the drive. One that broke off is no repository, and may be tried again.
   */
  static async clone(drive: Drive, url: string, options: OpenOptions & distant.CloneOptions): Promise<Repository> {
    const repository = await Repository.#over(drive, options);
    const { context } = repository;
    if (await context.logs.read(formatLog))
      throw new SheafError("already-exists", { kind: "repository", name: "" }, "there is a repository here already");
    await cloneInto(context, url, options);
    await found(context, true);
    await expectAbsence(context);
    return repository;
  }

  static async #over(drive: Drive, options: OpenOptions): Promise<Repository> {
    const { platform } = options;
    const store = await BlockStore.open(drive, platform, options);
    const nodes = new RecentNodes(nodeCacheBytes);
    const context: Context = {
      platform,
      store,
      logs: new Logs(drive, platform, { freshMs: Math.min(freshMs, store.graceMs / freshShare) }),
      nodes,
      finder: new RowFinder(store, nodes),
      viewer: new ItemViewer(platform),
      datasets: new RecentDatasets(),
      keeper: new Keeper(store),
      connect: options.connect,
      author: async () => options.author?.(repository.config) ?? (await configuredAuthor(repository)),
      zone: options.zone ?? (() => 0),
    };
    const repository = new Repository(context);
    return repository;
  }

  /** The same repository, in whose logs somebody else moves the refs: for servers, who act for their callers. */
  by(mover: given.Person): Repository {
    return new Repository({ ...this.context, mover });
  }

  /** This side of a connection: what a remote may read and write here. */
  local(): Local {
    return localOf(this.context);
  }

  /** What a server does for repositories that fetch from this one or push to it. */
  exchange(): Exchange {
    return new Exchange(this.local(), () => this.versions.forget());
  }

  /** The remotes, in the order of their names. */
  remotes(): Promise<distant.RemoteInfo[]> {
    return remotes.listRemotes(this.context);
  }

  /** Records a remote; a password in the URL is not. Throws already-exists. */
  addRemote(name: string, url: string): Promise<distant.RemoteAdded> {
    return remotes.addRemote(this.context, name, url);
  }

  setRemoteUrl(name: string, url: string): Promise<distant.RemoteAdded> {
    return remotes.setRemoteUrl(this.context, name, url);
  }

  /** Forgets a remote and the branches that were fetched from it. */
  removeRemote(name: string): Promise<void> {
    return remotes.removeRemote(this.context, name);
  }

  renameRemote(from: string, to: string): Promise<void> {
    return remotes.renameRemote(this.context, from, to);
  }

  /** Makes a branch follow a branch of a remote, which `pull` and `push` then mean; `null` makes it follow none. */
  setUpstream(branch: string, upstream: { remote: string; branch: string } | null): Promise<void> {
    return setUpstream(this.context, branch, upstream);
  }

  /** What a branch (default: the current one) follows, and how far apart the two are. */
  async upstream(branch?: string): Promise<given.Upstream | undefined> {
    return upstreamState(this.context, branch ?? (await currentBranch(this.context)));
  }

  /** The branches of remotes (`origin/main`) as they were when they were last fetched or pushed, in the order of their names. */
  async remoteBranches(): Promise<{ name: string; commit: Cid }[]> {
    const prefix = "refs/remotes/";
    return (await this.context.logs.heads(prefix)).map(({ name, entry }) => ({
      name: name.slice(prefix.length),
      commit: entry.value as Cid,
    }));
  }

  /** Fetches what a remote has, and moves the refs that follow its branches. Default: the current branch's remote, else `origin`. */
  async fetch(remote?: string, options: distant.FetchOptions = {}): Promise<distant.FetchResult> {
    const from = remote ?? (await this.#usualRemote());
    const work = options.datasets === undefined ? fetchFrom : fetchWider;
    return this.#knowingAnew(connected(this.context, from, connection => work(this.context, connection, options)));
  }

  /**
   * Sends branches and tags (`name` or `source:destination`; default: the current branch), and what they need, to a remote.
   *
   * Throws stale-base, before anything is sent, when a branch there has commits that are not here; refused for a tag that names something else there.
   */
  async push(
    remote?: string,
    refs?: readonly string[],
    options: distant.PushOptions = {},
  ): Promise<distant.PushResult> {
    const to = remote ?? (await this.#usualRemote());
    return connected(this.context, to, connection => pushTo(this.context, connection, refs, options));
  }

  /** Fetches, and merges what the current branch follows; conflicts wait as those of a merge do. */
  pull(options: distant.PullOptions = {}): Promise<distant.PullResult> {
    return this.#knowingAnew(pull(this.context, options));
  }

  /** Makes the commits that only a branch has again on top of a revision. Conflicts wait until it is continued, skipped or aborted. */
  rebase(
    onto: given.Rev,
    options: Pick<given.MergeOptions, "resolve" | "signal" | "progress" | "branch"> = {},
  ): Promise<distant.RebaseResult> {
    return rebasing.rebase(this.context, onto, options);
  }

  continueRebase(options: given.CommitOptions = {}): Promise<distant.RebaseResult> {
    return rebasing.continueRebase(this.context, options);
  }

  /** Goes on with a rebase, without the commit whose conflicts wait. */
  skipRebase(options: given.CommitOptions = {}): Promise<distant.RebaseResult> {
    return rebasing.skipRebase(this.context, options);
  }

  abortRebase(branch?: string): Promise<void> {
    return rebasing.abortRebase(this.context, branch);
  }

  /**
   * The bytes of a bundle: branches and tags (default: all, and the environments) with everything that they need, as a CAR file.
   *
   * Throws no-such-ref, or refused when `without` leaves nothing.
   */
  bundle(refs?: readonly string[], options: distant.BundleOptions = {}): AsyncIterable<Uint8Array> {
    return bundling.bundle(this.context, refs, options);
  }

  /** Takes in a bundle, whose branches become those of a remote of this name. `open` gives its bytes from the first on; errors call it `url`. */
  unbundle(open: OpenBundle, url: string, name = "bundle", watch: given.Watch = {}): Promise<distant.FetchResult> {
    return this.#knowingAnew(bundling.unbundle(this.context, open, url, name, watch));
  }

  /** Reads all of a bundle and says what it holds. Throws bad-input when it is damaged or not whole, refused when what it builds on is not here. */
  verifyBundle(open: OpenBundle, watch: given.Watch = {}): Promise<distant.BundleInfo> {
    return bundling.checkBundle(this.context, open, watch);
  }

  /** Versions are listed anew after what brings notes. */
  #knowingAnew<T>(work: Promise<T>): Promise<T> {
    return work.finally(() => this.versions.forget());
  }

  async #usualRemote(): Promise<string> {
    const head = (await this.context.logs.read(headLog))?.value ?? "";
    if (!head.startsWith("refs/heads/")) return defaultRemote;
    return (await upstreamOf(this.context, await currentBranch(this.context)))?.remote ?? defaultRemote;
  }
}

async function configuredAuthor({ config }: LocalRepository): Promise<given.Person> {
  const [name, email] = [await config.get("user.name"), await config.get("user.email")];
  if (typeof name === "string" && typeof email === "string") return { name, email };
  throw new SheafError("refused", {}, "nobody is set as the author; set user.name and user.email with sheaf config");
}

/** Checks that there is a repository of a format that this program knows; makes one if asked. */
async function found(context: Context, create: boolean): Promise<void> {
  const entry = await context.logs.read(formatLog);
  if (!entry && !create)
    throw new SheafError(
      "no-such-repository",
      { path: "" },
      "there is no Sheaf repository here; make one with sheaf init",
    );
  if (entry && entry.value !== formatVersion)
    throw new SheafError(
      "refused",
      {},
      `this repository has the format ${entry.value}, and this Sheaf knows ${formatVersion}; get a newer Sheaf`,
    );
  if (entry) return;
  const who = { ...context, author: async () => ({ name: "", email: "" }) };
  await writeLog(who, headLog, undefined, "refs/heads/main", "init");
  await writeLog(who, formatLog, undefined, formatVersion, "init");
}
