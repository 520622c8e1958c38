/**
 * A Sheaf server as a remote: blocks come and go as CAR files, missing ones only; refs move there by compare-and-swap.
 *
 * How bytes travel is the caller's to say ({@link ServerWire}), so that this room needs neither network nor clock.
 */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { isSheafError, type SheafError } from "../errors.js";
import { difference } from "../history/ancestry.js";
import { decodeCommit } from "../history/commit.js";
import { peel } from "../history/revision.js";
import { printJson } from "../item/json.js";
import { isObject, type ValueObject } from "../item/value.js";
import { joinBytes, utf8 } from "../text.js";
import type { Watch } from "../watch.js";
import { CarReader } from "./car.js";
import { copyMissing } from "./copy.js";
import { editedBlocks } from "./edit-giving.js";
import { digestsOf } from "./haves.js";
import { lackOf, takeIn } from "./intake.js";
import { carHead, missingBlocks } from "./missing.js";
import { encodePush } from "./push-head.js";
import { recentCommits } from "./recent-commits.js";
import { faultAt, outcomesOf, refsOf, tryParse } from "./server-answer.js";
import type {
  Fetched,
  Local,
  RefOutcome,
  RefUpdate,
  Remote,
  RemoteRef,
  RemoteRefs,
  Traffic,
  WireOptions,
} from "./remote.js";

/** Sends one request below `/api/v1/sync/` and gives the body of its answer. */
export interface ServerWire {
  /** Where the server is, without credentials. */
  readonly url: string;
  /** Throws remote-failed when the server cannot be reached or refuses; what the server says of bad input is thrown as bad-input. */
  ask(path: string, request: WireRequest, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly type?: string;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Told of the bytes of the body as they go out, compressed. */
  readonly onSent?: (bytes: number) => void;
}

const carType = "application/vnd.ipld.car";
/** Commits that are named to the other side, so that it knows what is here. */
const namedCommits = 256;
/** Blocks that are asked for in one request. */
const askedTogether = 512;

/** Makes a remote of a server. */
export function openServerRemote(wire: ServerWire, local: Local): Remote {
  return new ServerRemote(wire, local);
}

class ServerRemote implements Remote {
  #sent = 0;
  /** Of what was sent, what went over the wire. */
  #wire = 0;
  #received = 0;

  constructor(
    readonly wire: ServerWire,
    readonly local: Local,
  ) {}

  get url(): string {
    return this.wire.url;
  }

  async refs(watch: Watch = {}): Promise<RemoteRefs> {
    return refsOf(await this.#json("refs", undefined, watch), this.url);
  }

  async fetch(
    refs: readonly RemoteRef[],
    options: WireOptions = {},
  ): Promise<{ refs: readonly Fetched[]; traffic: Traffic }> {
    const before = this.#received;
    const objects = refs.length === 0 ? 0 : await this.#fetch(refs, options);
    const traffic = { sent: 0, received: this.#received - before, objects };
    return { refs: refs.map(ref => ({ ref, cid: ref.value as Cid })), traffic };
  }

  async #fetch(refs: readonly RemoteRef[], { holds, fromNothing, ...watch }: WireOptions): Promise<number> {
    const wants = refs.map(({ value }) => parseCid(value).digest);
    const haves = fromNothing ? [] : await digestsOf(this.local.logs);
    if (holds) {
      const { platform, reader: near } = this.local;
      const passage = { platform, near, far: this.#far(watch), giver: "far", wants, haves, holds, ...watch } as const;
      return (await this.local.write(to => copyMissing({ ...passage, to }))).blocks;
    }
    const named = fromNothing ? [] : await recentCommits(this.local.reader, haves, namedCommits);
    const asked = { wants: wants.map(printed), haves: named.map(printed) };
    const body = await this.#ask("blocks/missing", asked, watch);
    const take = async (reader: CarReader) =>
      this.local.write(async to => {
        const count = await takeIn(reader, to, watch);
        const lack = await lackOf(to, { wants, haves, signal: watch.signal });
        if (lack !== undefined) throw this.#fault(`its answer lacks block ${lack}`);
        return count;
      });
    return this.#read(body, take);
  }

  async #read<T>(body: AsyncIterable<Uint8Array>, work: (reader: CarReader) => Promise<T>): Promise<T> {
    const reader = new CarReader(this.local.platform, this.#counted(body));
    try {
      await reader.header();
      return await work(reader);
    } catch (error) {
      throw isSheafError(error, "bad-input") ? this.#fault(error.message) : error;
    } finally {
      await reader.close();
    }
  }

  async push(
    updates: readonly RefUpdate[],
    watch: Watch = {},
  ): Promise<{ refs: readonly RefOutcome[]; traffic: Traffic }> {
    const [before, onWire] = [this.#sent, this.#wire];
    const wants = updates.flatMap(({ to }) => (to === null ? [] : [parseCid(to).digest]));
    const haves = wants.length === 0 ? [] : await this.#known(wants, watch);
    const result = await this.#pushAs(editedBlocks, updates, wants, haves, watch).catch(error => {
      // It knows no edits, or lacks what they are made on: blocks need nothing.
      if (wants.length === 0 || !isSheafError(error, "bad-input")) throw error;
      return this.#pushAs(missingBlocks, updates, wants, haves, watch);
    });
    const refs = outcomesOf(result, updates, this.url);
    const objects = typeof result["blocks"] === "number" ? result["blocks"] : 0;
    return { refs, traffic: { sent: this.#sent - before, wire: this.#wire - onWire, received: 0, objects } };
  }

  async #pushAs(
    give: typeof missingBlocks,
    updates: readonly RefUpdate[],
    wants: readonly Digest[],
    haves: readonly Digest[],
    watch: Watch,
  ): Promise<ValueObject> {
    const body = this.#pushBody(give, updates, wants, haves, watch);
    const onSent = (bytes: number) => void (this.#wire += bytes);
    return this.#parse(await this.wire.ask("push", { method: "POST", type: carType, body, onSent }, watch.signal));
  }

  close(): Promise<void> {
    return this.wire.close();
  }

  /** What the server has, whole, and is here too: what its refs name, and of the latest commits of what is pushed those that it knows. */
  async #known(wants: readonly Digest[], watch: Watch): Promise<Digest[]> {
    const { reader } = this.local;
    const known: Digest[] = [];
    for (const { value } of (await this.refs(watch)).refs) {
      const { digest } = parseCid(value);
      if (await reader.has(digest)) known.push(digest);
    }
    if (await isConnected(reader, wants, known)) return known;
    const recent = await recentCommits(reader, wants, namedCommits);
    const { present } = await this.#json("blocks/present", { cids: recent.map(printed) }, watch);
    if (Array.isArray(present))
      for (const cid of present) if (typeof cid === "string") known.push(parseCid(cid).digest);
    return known;
  }

  async *#pushBody(
    give: typeof missingBlocks,
    updates: readonly RefUpdate[],
    wants: readonly Digest[],
    haves: readonly Digest[],
    watch: Watch,
  ): AsyncGenerator<Uint8Array> {
    const { platform, reader: near } = this.local;
    const head = carHead(platform, encodePush(updates), wants);
    this.#sent += head.length;
    yield head;
    if (wants.length === 0) return;
    for await (const chunk of give({ platform, near, far: near, giver: "near", wants, haves, ...watch })) {
      this.#sent += chunk.length;
      yield chunk;
    }
  }

  /** The server's blocks one by one, for clones of a part. */
  #far(watch: Watch): BlockReader {
    const loadMany = async (digests: readonly Digest[]) => {
      const blocks: Uint8Array[] = [];
      for (let at = 0; at < digests.length; at += askedTogether)
        blocks.push(...(await this.#blocks(digests.slice(at, at + askedTogether), watch)));
      return blocks;
    };
    return { has: () => true, load: async digest => (await loadMany([digest]))[0], loadMany };
  }

  /** An item and a tree have one codec, and what is asked for by digest alone may be a file: the answer says. */
  async #blocks(digests: readonly Digest[], watch: Watch): Promise<Uint8Array[]> {
    const body = await this.#ask("blocks/chosen", { cids: digests.map(printed) }, watch);
    const blocks: Uint8Array[] = [];
    await this.#read(body, async reader => {
      for (let block = await reader.next(); block; block = await reader.next()) blocks.push(block.bytes);
    });
    if (blocks.length !== digests.length) throw this.#fault("its answer holds fewer blocks than were asked for");
    return blocks;
  }

  async #json(path: string, body: ValueObject | undefined, watch: Watch): Promise<ValueObject> {
    return this.#parse(await this.#ask(path, body, watch));
  }

  #ask(path: string, body: ValueObject | undefined, { signal }: Watch): Promise<AsyncIterable<Uint8Array>> {
    if (body === undefined) return this.wire.ask(path, { method: "GET" }, signal);
    return this.wire.ask(path, { method: "POST", type: "application/json", body: utf8(printJson(body)) }, signal);
  }

  async #parse(body: AsyncIterable<Uint8Array>): Promise<ValueObject> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#counted(body)) parts.push(part);
    const value = tryParse(joinBytes(parts));
    if (!isObject(value)) throw this.#fault("its answer is no JSON object");
    return value;
  }

  async *#counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#received += chunk.length;
      yield chunk;
    }
  }

  #fault(reason: string): SheafError<"remote-failed"> {
    return faultAt(this.url, reason);
  }
}

/** Says whether what is known there is below everything that is wanted, so that there is no more to ask. */
async function isConnected(reader: BlockReader, wants: readonly Digest[], known: readonly Digest[]): Promise<boolean> {
  if (known.length === 0) return false;
  const { ahead } = await difference(reader, await commitsOf(reader, wants), await commitsOf(reader, known));
  for (const commit of ahead) if (decodeCommit(await reader.load(commit)).parents.length === 0) return false;
  return true;
}

function commitsOf(reader: BlockReader, digests: readonly Digest[]): Promise<Digest[]> {
  return Promise.all(digests.map(digest => peel(reader, digest)));
}

function printed(digest: Digest): Cid {
  return printCid(digest, dagCbor);
}
