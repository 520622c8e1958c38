/**
 * Another Sheaf repository as a remote: its drive, wherever it rests. Blocks travel as they are, missing ones only; refs move by compare-and-swap on its logs.
 */
import type { BlockReader } from "../block/blocks.js";
import { parseCid, type Cid } from "../block/cid.js";
import { isSheafError, SheafError } from "../errors.js";
import { BlockStore } from "../store/blocks.js";
import type { Drive } from "../store/drive.js";
import { Logs } from "../store/logs.js";
import type { PackShape } from "../store/pack-shape.js";
import type { Transaction } from "../store/transaction.js";
import type { Watch } from "../watch.js";
import { copyMissing, type Copied, type Passage } from "./copy.js";
import { digestsOf, holdsOf, namedIn } from "./haves.js";
import { moveRef } from "./ref-move.js";
import type {
  Fetched,
  WireOptions,
  Local,
  RefOutcome,
  RefUpdate,
  Remote,
  RemoteRef,
  RemoteRefs,
  Traffic,
} from "./remote.js";

export interface DriveRemoteOptions {
  /** Where it is, without credentials. */
  readonly url: string;
  /** How packs that are sent are laid out; default: uncompressed, for speed. */
  readonly shape?: PackShape;
}

/** Opens the repository on a drive as a remote. Throws no-such-repository when there is none. */
export async function openDriveRemote(drive: Drive, local: Local, options: DriveRemoteOptions): Promise<Remote> {
  const logs = new Logs(drive, local.platform);
  const format = await logs.read("format");
  if (!format)
    throw new SheafError("no-such-repository", { path: options.url }, `there is no Sheaf repository at ${options.url}`);
  if (format.value !== "1")
    throw new SheafError(
      "refused",
      {},
      `the repository at ${options.url} has the format ${format.value}, which this Sheaf does not know; get a newer Sheaf`,
    );
  return new DriveRemote(await BlockStore.open(drive, local.platform), logs, local, options);
}

class DriveRemote implements Remote {
  constructor(
    readonly store: BlockStore,
    readonly logs: Logs,
    readonly local: Local,
    readonly options: DriveRemoteOptions,
  ) {}

  get url(): string {
    return this.options.url;
  }

  refs(): Promise<RemoteRefs> {
    return namedIn(this.logs);
  }

  async fetch(
    refs: readonly RemoteRef[],
    options: WireOptions = {},
  ): Promise<{ refs: readonly Fetched[]; traffic: Traffic }> {
    await this.store.shelf.refresh();
    const wants = refs.map(({ value }) => parseCid(value).digest);
    const haves = options.fromNothing ? [] : await digestsOf(this.local.logs);
    const { platform, reader: near } = this.local;
    const { signal, progress, holds } = options;
    const passage = { platform, near, far: this.#far(), wants, haves, holds, signal, progress };
    const { blocks, bytes } = await this.local.write(async to => copyMissing({ ...passage, giver: "far", to }));
    const traffic = { sent: 0, received: bytes, objects: blocks };
    return { refs: refs.map(ref => ({ ref, cid: ref.value as Cid })), traffic };
  }

  async push(
    updates: readonly RefUpdate[],
    watch: Watch = {},
  ): Promise<{ refs: readonly RefOutcome[]; traffic: Traffic }> {
    const { blocks, bytes } = await this.#send(updates, watch);
    watch.signal?.throwIfAborted();
    const refs: RefOutcome[] = [];
    const mover = { who: await this.local.author(), zone: this.local.zone(), place: this.url };
    for (const update of updates) refs.push(await moveRef(this.logs, update, mover));
    return { refs, traffic: { sent: bytes, received: 0, objects: blocks } };
  }

  async close(): Promise<void> {}

  async #send(updates: readonly RefUpdate[], { signal, progress }: Watch): Promise<Copied> {
    const wants = updates.flatMap(({ to }) => (to === null ? [] : [parseCid(to).digest]));
    if (wants.length === 0) return { blocks: 0, bytes: 0 };
    const { platform, reader: near } = this.local;
    const haves = await digestsOf(this.logs);
    const holds = await holdsOf(this.logs);
    const passage = { platform, near, far: this.#far(), giver: "near", wants, haves, holds, signal, progress } as const;
    const to = await this.store.begin(this.options.shape ? { shape: this.options.shape } : {});
    return sendWhole(to, passage);
  }

  /** The other side's blocks; what is wrong with them is said to be wrong there. */
  #far(): BlockReader {
    const { store } = this;
    return {
      has: digest => store.has(digest),
      load: digest => this.#there(async () => store.load(digest)),
      loadMany: digests => this.#there(async () => store.loadMany(digests)),
    };
  }

  async #there<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isSheafError(error, "missing-block") && !isSheafError(error, "corrupt-block")) throw error;
      throw new SheafError(error.code, error.data, `at ${this.url}: ${error.message}`, { cause: error });
    }
  }
}

async function sendWhole(to: Transaction, passage: Omit<Passage, "to">): Promise<Copied> {
  try {
    const copied = await copyMissing({ ...passage, to });
    await to.close();
    return copied;
  } catch (error) {
    await to.abort();
    throw error;
  }
}
