/** Git's bundle files as peers: refs and one pack in a file, read and written. Format: git's Documentation/gitformat-bundle, versions 2 and 3. */
import { SheafError, utf8, type Awaitable, type Traffic, type Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import { isOid, zeroOid } from "../oid.js";
import { advertisementOf, checkAdvertised, type Advertisement } from "./advertisement.js";
import type { RefCommand } from "./commands.js";
import { remoteFailure } from "./failure.js";
import { PacketReader, ProtocolError } from "./packet.js";
import type { FetchPackOptions, GitPeer, PushResult } from "./peer.js";

/** The file that a bundle is in. */
export interface BundleFile {
  /** For people. */
  readonly url: string;
  /** Its bytes; `undefined` when it is not there. */
  read(): Awaitable<AsyncIterable<Uint8Array> | undefined>;
  /** Writes it whole, or not at all; `false` when one is there. */
  create(chunks: AsyncIterable<Uint8Array>): Promise<boolean>;
}

/** Most bytes of a line of the head. */
const maxLine = 5000;

interface BundleHead {
  readonly prerequisites: readonly Oid[];
  readonly refs: ReadonlyMap<string, string>;
}

export class BundlePeer implements GitPeer {
  #sent = 0;
  #received = 0;

  constructor(readonly file: BundleFile) {}

  get url(): string {
    return this.file.url;
  }

  traffic(): Pick<Traffic, "sent" | "received"> {
    return { sent: this.#sent, received: this.#received };
  }

  /** None where there is no file yet: it may be pushed to. */
  async refs(): Promise<Advertisement> {
    const chunks = await this.file.read();
    if (!chunks) return { ...(await this.refsToPush()), isAbsent: true };
    const reader = new PacketReader(chunks);
    try {
      return advertisementOf((await this.#head(reader)).refs, []);
    } finally {
      await reader.close();
    }
  }

  /** A bundle is written once: there is nothing in it before. */
  async refsToPush(): Promise<Advertisement> {
    return { refs: [], capabilities: new Map([["no-thin", ""]]), isShallow: false };
  }

  async *fetch(
    wants: readonly Oid[],
    haves: AsyncIterable<Oid> | Iterable<Oid>,
    { signal }: FetchPackOptions = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    if (wants.length === 0) return;
    const reader = await this.#open();
    try {
      await this.#require((await this.#head(reader)).prerequisites, haves);
      for await (const chunk of reader.remainder()) {
        signal?.throwIfAborted();
        this.#received += chunk.length;
        yield chunk;
      }
    } finally {
      await reader.close();
    }
  }

  async push(
    commands: readonly RefCommand[],
    pack: AsyncIterable<Uint8Array> | undefined,
    _watch: Watch = {},
  ): Promise<PushResult> {
    const kept = commands.filter(({ to }) => to !== zeroOid);
    const isNew = pack !== undefined && (await this.file.create(this.#print(kept, pack)));
    const message =
      pack === undefined ? "a bundle is written once; nothing can be taken out of it" : "there is a file already";
    const refs = commands.map(({ name }) => (isNew ? { name, ok: true, message: "" } : { name, ok: false, message }));
    return { refs, words: "" };
  }

  async close(): Promise<void> {}

  async *#print(
    commands: readonly RefCommand[],
    pack: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, void> {
    const branches = commands.filter(({ name }) => name.startsWith("refs/heads/"));
    const head = branches.find(({ name }) => name === "refs/heads/main") ?? branches[0];
    const lines = commands.map(({ name, to }) => `${to} ${name}\n`);
    if (head) lines.push(`${head.to} HEAD\n`);
    const text = utf8(`# v2 git bundle\n${lines.join("")}\n`);
    this.#sent += text.length;
    yield text;
    for await (const chunk of pack) {
      this.#sent += chunk.length;
      yield chunk;
    }
  }

  async #open(): Promise<PacketReader> {
    const chunks = await this.file.read();
    if (chunks) return new PacketReader(chunks);
    throw new SheafError("no-such-repository", { path: this.url }, `there is no file ${this.url}`);
  }

  async #head(reader: PacketReader): Promise<BundleHead> {
    try {
      return await readHead(reader);
    } catch (cause) {
      throw remoteFailure(this.url, cause);
    }
  }

  /** Makes sure that what the bundle builds on is here. */
  async #require(prerequisites: readonly Oid[], haves: AsyncIterable<Oid> | Iterable<Oid>): Promise<void> {
    const lacking = new Set(prerequisites);
    for await (const oid of haves) if (lacking.delete(oid) && lacking.size === 0) break;
    const [missing] = lacking;
    if (missing !== undefined)
      throw remoteFailure(
        this.url,
        new ProtocolError(`it builds on the commit ${missing}, which is not here; fetch that first`),
      );
  }
}

async function readHead(reader: PacketReader): Promise<BundleHead> {
  const version = await reader.line(maxLine);
  if (version !== "# v2 git bundle" && version !== "# v3 git bundle")
    throw new ProtocolError("it is no git bundle of version 2 or 3");
  const prerequisites: Oid[] = [];
  const refs = new Map<string, string>();
  let length = 0;
  for (let line = await reader.line(maxLine); line !== ""; line = await reader.line(maxLine)) {
    checkAdvertised((length += line.length));
    const [oid, name = ""] = line.replace(/^-/, "").split(" ", 2);
    if (line.startsWith("@")) checkCapability(line.slice(1));
    else if (!isOid(oid)) throw new ProtocolError("the head of the bundle is damaged");
    else if (line.startsWith("-")) prerequisites.push(oid);
    else refs.set(name, oid);
  }
  return { prerequisites, refs };
}

function checkCapability(capability: string): void {
  if (capability !== "object-format=sha1")
    throw new ProtocolError(
      `the bundle wants ${JSON.stringify(capability.slice(0, 80))}, which Sheaf cannot do; make one without`,
    );
}
