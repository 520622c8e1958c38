/**
 * A git repository somewhere else, by its smart protocol: its refs, its objects in a pack, moves of its refs.
 *
 * Knows git alone; what commits mean here is `remote.ts`'s to say. Never asks for, and refuses to take, a history that is cut off.
 */
import type { Progress, Traffic, Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import type { Advertisement } from "./advertisement.js";
import { needsPack, printCommands, pushCapabilities, readReport, type RefCommand } from "./commands.js";
import type { Carrier, Conversation } from "./connection.js";
import { negotiate } from "./negotiation.js";
import { PacketReader, ProtocolError } from "./packet.js";
import type { FetchPackOptions, GitPeer, PushResult } from "./peer.js";
import { readSideBand, RemoteFatal } from "./side-band.js";
import { plainLine, plainWords } from "./words.js";

/** How we are named to the other side. */
const agent = "sheaf";
const fetchUses = ["multi_ack_detailed", "side-band-64k", "ofs-delta"];

export class GitServer implements GitPeer {
  #sending: Conversation | undefined;

  constructor(readonly carrier: Carrier) {}

  get url(): string {
    return this.carrier.url;
  }

  traffic(): Pick<Traffic, "sent" | "received"> {
    return this.carrier.traffic();
  }

  async refs(watch: Watch = {}): Promise<Advertisement> {
    const talk = await this.#connect("git-upload-pack", watch);
    await talk.close();
    return talk.advertisement;
  }

  async refsToPush(watch: Watch = {}): Promise<Advertisement> {
    await this.#sending?.close();
    this.#sending = await this.#connect("git-receive-pack", watch);
    if (!this.#sending.advertisement.capabilities.has("report-status"))
      throw this.carrier.failure(new ProtocolError("it does not tell what becomes of a push"));
    return this.#sending.advertisement;
  }

  async *fetch(
    wants: readonly Oid[],
    haves: AsyncIterable<Oid> | Iterable<Oid>,
    watch: FetchPackOptions = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    if (wants.length === 0) return;
    const talk = await this.#connect("git-upload-pack", watch);
    try {
      yield* this.#receive(talk, wants, haves, watch);
    } catch (cause) {
      throw await this.#failure(cause, watch, talk);
    } finally {
      await talk.close();
    }
  }

  async push(
    commands: readonly RefCommand[],
    pack: AsyncIterable<Uint8Array> | undefined,
    watch: Watch = {},
  ): Promise<PushResult> {
    if (!this.#sending) await this.refsToPush(watch);
    const talk = this.#sending;
    this.#sending = undefined;
    if (!talk || commands.length === 0) return { refs: [], words: "" };
    try {
      return await this.#send(talk, commands, pack, watch);
    } catch (cause) {
      throw await this.#failure(cause, watch, talk);
    } finally {
      await talk.close();
    }
  }

  async close(): Promise<void> {
    await this.#sending?.close();
    this.#sending = undefined;
    await this.carrier.close();
  }

  /** What to throw: the caller's own reason where it stopped the work. */
  async #failure(cause: unknown, { signal }: Watch, talk?: Conversation): Promise<unknown> {
    if (signal?.aborted) return signal.reason;
    return this.carrier.failure(talk ? await talk.explain(cause) : cause);
  }

  async #connect(service: "git-upload-pack" | "git-receive-pack", watch: Watch): Promise<Conversation> {
    watch.signal?.throwIfAborted();
    try {
      return await this.carrier.connect(service, watch);
    } catch (cause) {
      throw await this.#failure(cause, watch);
    }
  }

  async *#receive(
    talk: Conversation,
    wants: readonly Oid[],
    haves: AsyncIterable<Oid> | Iterable<Oid>,
    watch: FetchPackOptions,
  ) {
    const { capabilities, isShallow } = talk.advertisement;
    if (isShallow) throw new ProtocolError("its history is cut off; make it whole there with git fetch --unshallow");
    const uses = fetchUses.filter(name => capabilities.has(name));
    if (watch.thin && capabilities.has("thin-pack")) uses.push("thin-pack");
    if (!watch.progress && capabilities.has("no-progress")) uses.push("no-progress");
    if (capabilities.has("agent")) uses.push(`agent=${agent}`);
    const reader = await negotiate(talk, [...new Set(wants)], haves, uses);
    if (uses.includes("side-band-64k")) yield* readSideBand(reader, text => report(text, watch));
    else yield* reader.remainder();
  }

  async #send(
    talk: Conversation,
    commands: readonly RefCommand[],
    pack: AsyncIterable<Uint8Array> | undefined,
    watch: Watch,
  ): Promise<PushResult> {
    const uses = pushCapabilities(talk.advertisement, agent);
    const head = printCommands(commands, uses);
    const reader = await talk.exchange(needsPack(commands) && pack ? follow(head, pack) : head);
    let words = "";
    const say = (text: string) => {
      words += `${text}\n`;
      report(text, watch);
    };
    const reported = uses.includes("side-band-64k") ? new PacketReader(readSideBand(reader, say)) : reader;
    try {
      const refs = await readReport(reported, commands);
      await drain(reported);
      return { refs, words: plainWords(words === "" ? talk.words() : words) };
    } catch (cause) {
      throw lastWords(cause, words);
    }
  }
}

async function* follow(head: readonly Uint8Array[], pack: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* pack;
}

/** The same failure, with what was said to people before it. */
function lastWords(cause: unknown, words: string): unknown {
  if (words === "" || !(cause instanceof ProtocolError || cause instanceof RemoteFatal)) return cause;
  const text = `${cause.message} (${plainLine(words)})`;
  return cause instanceof RemoteFatal ? new RemoteFatal(text, { cause }) : new ProtocolError(text, { cause });
}

/** Hears the other side out: hooks speak after the report. What breaks then changes nothing any more. */
async function drain(reader: PacketReader): Promise<void> {
  try {
    for await (const _ of reader.remainder());
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof RemoteFatal)) throw error;
  }
}

/** Turns git's own words of progress, `Counting objects:  50% (5/10)`, into ours. */
function report(text: string, { progress }: Watch): void {
  const [, what, done, total] = /([A-Z][a-z]+ objects|Resolving deltas):.*\((\d+)\/(\d+)\)/.exec(plainLine(text)) ?? [];
  if (!progress || what === undefined) return;
  const step: Progress = {
    phase: `remote: ${what.toLowerCase()}`,
    done: Number(done),
    total: Number(total),
    unit: "objects",
  };
  progress(step);
}
