/**
 * Finding out what both sides have, so that only the rest is sent: we name commits that are here, the other side says which it knows.
 *
 * Rules: git's Documentation/gitprotocol-pack, "Packfile Negotiation", with `multi_ack_detailed` where it is spoken.
 */
import type { Oid } from "../object.js";
import type { Conversation } from "./connection.js";
import { flushPacket, packet, packetText, ProtocolError, type PacketReader } from "./packet.js";

/** Commits named in the first round, and most in one: it doubles from round to round. */
const firstBatch = 32;
const maxBatch = 1024;
/** Commits that may be named in a row without the other side knowing one, once it knows any; and in all. */
const maxInVain = 512;
const maxHaves = 1 << 15;

/**
 * Asks for objects and agrees on what is here; gives the reader at the place where the pack begins.
 *
 * @param wants what is asked for, not empty; each must be among the refs that were advertised
 * @param haves commits that are here, those first that the other side most likely knows; no more are taken than it takes to agree
 */
export async function negotiate(
  talk: Conversation,
  wants: readonly Oid[],
  haves: AsyncIterable<Oid> | Iterable<Oid>,
  capabilities: readonly string[],
): Promise<PacketReader> {
  const asked = [
    ...wants.map((oid, i) => packet(`want ${oid}${i === 0 ? ` ${capabilities.join(" ")}` : ""}\n`)),
    flushPacket,
  ];
  const state = new Negotiation(talk, asked);
  if (!capabilities.includes("multi_ack_detailed")) return state.finish(await take(iterate(haves), firstBatch));
  const source = iterate(haves);
  for (let size = firstBatch; ; size = Math.min(2 * size, maxBatch)) {
    const batch = await take(source, size);
    if (batch.length < size) return state.finish(batch);
    await state.round(batch);
    if (state.isSettled) return state.finish([]);
  }
}

class Negotiation {
  readonly #common = new Set<Oid>();
  #isReady = false;
  #inVain = 0;
  #named = 0;
  #rounds = 0;

  constructor(
    readonly talk: Conversation,
    readonly asked: readonly Uint8Array[],
  ) {}

  /** Whether naming more would tell nothing more. */
  get isSettled(): boolean {
    return this.#isReady || this.#named >= maxHaves || (this.#common.size > 0 && this.#inVain >= maxInVain);
  }

  async round(batch: readonly Oid[]): Promise<void> {
    const reader = await this.talk.exchange([...this.#preface(), ...haveLines(batch), flushPacket]);
    this.#named += batch.length;
    this.#inVain += batch.length;
    for (;;) {
      const [word, oid, status] = await acknowledgement(reader);
      if (word === "NAK") return;
      this.#common.add(oid);
      this.#inVain = 0;
      if (status === "ready") this.#isReady = true;
    }
  }

  async finish(batch: readonly Oid[]): Promise<PacketReader> {
    const reader = await this.talk.exchange([...this.#preface(), ...haveLines(batch), packet("done\n")]);
    for (;;) {
      const [word, , status] = await acknowledgement(reader);
      if (word === "NAK" || status === "") return reader;
    }
  }

  /** What must be said again to one who forgets: what is asked for, and what both have. */
  #preface(): Uint8Array[] {
    if (this.#rounds++ > 0 && !this.talk.isForgetful) return [];
    return [...this.asked, ...haveLines([...this.#common])];
  }
}

async function acknowledgement(reader: PacketReader): Promise<[word: "ACK" | "NAK", oid: Oid, status: string]> {
  const line = await reader.read();
  if (line === undefined) throw new ProtocolError("the connection broke before both sides agreed on what they have");
  const text = typeof line === "string" ? line : packetText(line);
  const [, word, oid = "", status = ""] = /^(?:(ACK) ([0-9a-f]{40})(?: (\w+))?|NAK)$/.exec(text) ?? [undefined];
  if (text === "NAK") return ["NAK", "" as Oid, ""];
  if (word === "ACK") return ["ACK", oid as Oid, status];
  if (text.startsWith("shallow ") || text.startsWith("unshallow "))
    throw new ProtocolError("its history is cut off; make it whole there with git fetch --unshallow");
  throw new ProtocolError(
    text.startsWith("ERR ") ? text.slice("ERR ".length) : `it answered ${JSON.stringify(text.slice(0, 80))}`,
  );
}

function haveLines(oids: readonly Oid[]): Uint8Array[] {
  return oids.map(oid => packet(`have ${oid}\n`));
}

async function* iterate(oids: AsyncIterable<Oid> | Iterable<Oid>): AsyncGenerator<Oid, void, void> {
  yield* oids;
}

async function take(oids: AsyncGenerator<Oid, void, void>, count: number): Promise<Oid[]> {
  const taken: Oid[] = [];
  while (taken.length < count) {
    const next = await oids.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
