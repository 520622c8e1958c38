/** A bundle as a remote that can only be fetched from. Every block is proven, and nothing is named before everything that it needs is here. */
import { printCid, raw, type Digest } from "../block/cid.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { listLinks, linkKinds } from "../store/links.js";
import { nameFault } from "../store/log-name.js";
import type { Transaction } from "../store/transaction.js";
import type { Watch } from "../watch.js";
import { checkPrerequisites, readBundle, type Bundle } from "./bundle.js";
import { CarReader } from "./car.js";
import { digestsOf } from "./haves.js";
import { lackOf, takeIn } from "./intake.js";
import { Marks } from "./marks.js";
import type { Fetched, Local, RefOutcome, Remote, RemoteRef, RemoteRefs, Traffic, WireOptions } from "./remote.js";

/** The bytes of a bundle, from the first one on, each time that it is called. */
export type OpenBundle = () => AsyncIterable<Uint8Array>;

/** Makes a remote of a bundle. `url` says where it is. */
export function openBundleRemote(open: OpenBundle, local: Local, url: string): Remote {
  return new BundleRemote(open, local, url);
}

class BundleRemote implements Remote {
  /** A fetch takes in all that the bundle has: one for other refs finds it here. */
  #isTaken = false;

  constructor(
    readonly open: OpenBundle,
    readonly local: Local,
    readonly url: string,
  ) {}

  refs(): Promise<RemoteRefs> {
    return this.#read(async reader => {
      const { refs, head } = await readBundle(reader);
      const named = refs.map(({ name, digest }): RemoteRef => {
        const cid = printCid(digest);
        return { name, value: cid, cid };
      });
      return { refs: named, ...(head === undefined ? {} : { head }) };
    });
  }

  async fetch(
    refs: readonly RemoteRef[],
    options: WireOptions = {},
  ): Promise<{ refs: readonly Fetched[]; traffic: Traffic }> {
    const fetched = refs.map(ref => ({ ref, ...(ref.cid === undefined ? {} : { cid: ref.cid }) }));
    if (this.#isTaken && !options.fromNothing) return { refs: fetched, traffic: { sent: 0, received: 0, objects: 0 } };
    return this.#read(async reader => {
      const bundle = await readBundle(reader);
      await checkPrerequisites(bundle, this.local.reader);
      const objects = await this.local.write(async to => {
        const count = await takeIn(reader, to, options);
        await this.#checkWhole(to, bundle, options);
        return count;
      });
      this.#isTaken = true;
      return { refs: fetched, traffic: { sent: 0, received: reader.at, objects } };
    });
  }

  async push(): Promise<{ refs: readonly RefOutcome[]; traffic: Traffic }> {
    throw new SheafError("refused", {}, `${this.url} is a bundle: make a new one with sheaf bundle create`);
  }

  async close(): Promise<void> {}

  /** Walks what the refs name, over the blocks that came and those that were here. */
  async #checkWhole(to: Transaction, { refs }: Bundle, { signal, holds }: WireOptions): Promise<void> {
    const haves = await digestsOf(this.local.logs);
    const wants = refs.map(({ digest }) => digest);
    const lack = await lackOf(to, { wants, haves, signal, holds });
    if (lack !== undefined) throw badInput(`the bundle lacks block ${lack}, which its refs need: it is not whole`);
  }

  async #read<T>(work: (reader: CarReader) => Promise<T>): Promise<T> {
    const reader = new CarReader(this.local.platform, this.open());
    try {
      return await work(reader);
    } catch (error) {
      if (!isSheafError(error, "bad-input")) throw error;
      throw badInput(error.message, { ...error.data, file: this.url });
    } finally {
      await reader.close();
    }
  }
}

/** What a bundle holds, once all of it was read and proven. */
export interface VerifiedBundle extends Bundle {
  readonly blocks: number;
  readonly bytes: number;
}

/** Reads all of a bundle without storing anything. Throws refused when what it builds on is not here, bad-input when it is damaged or not whole. */
export async function verifyBundle(open: OpenBundle, local: Local, watch: Watch): Promise<VerifiedBundle> {
  const reader = new CarReader(local.platform, open());
  try {
    const bundle = await readBundle(reader);
    for (const { name } of bundle.refs) {
      const fault = nameFault(name);
      if (fault !== undefined) throw badInput(`a ref in the bundle ${fault}`);
    }
    await checkPrerequisites(bundle, local.reader);
    const blocks = await readAll(reader, bundle, local, watch);
    return { ...bundle, blocks, bytes: reader.at };
  } finally {
    await reader.close();
  }
}

/** What is known of a block: that it is in the bundle, or that something there links to it. */
const known = { here: 0, needed: 1 };

/** Reads the blocks and gives their number. Throws bad-input when something that is needed is neither among them nor here. */
async function readAll(
  reader: CarReader,
  { refs }: Bundle,
  local: Local,
  { signal, progress }: Watch,
): Promise<number> {
  const marks = new Marks();
  let count = 0;
  for (const { digest } of refs) marks.add(digest, 0, known.needed);
  for (let block = await reader.next(); block; block = await reader.next()) {
    const { bytes, codec, digest } = block;
    if (marks.add(digest, 0, known.here) >= 0) count++;
    listLinks(bytes, codec === raw ? linkKinds.leaf : linkKinds.any, at => void marks.add(bytes, at, known.needed));
    if (count % 1024 !== 0) continue;
    signal?.throwIfAborted();
    progress?.({ phase: "reading", done: count, unit: "blocks" });
    await local.platform.pause();
  }
  await checkLinks(marks, local);
  return count;
}

async function checkLinks(marks: Marks, { reader }: Local): Promise<void> {
  for (let i = 0; i < marks.digests.size; i++) {
    if (marks.mark(i) === known.here) continue;
    const digest: Digest = marks.digests.digest(i);
    if (!(await reader.has(digest)))
      throw badInput(`the bundle lacks block ${printCid(digest)}, which it needs: it is not whole`);
  }
}
