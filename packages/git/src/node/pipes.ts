/** Git's own programs on this machine or behind ssh, talked to through their pipes. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isSheafError, SheafError, type Traffic, type Watch } from "@sheaf/core";
import { readAdvertisement } from "../transport/advertisement.js";
import type { Carrier, Conversation, RequestBody, Service } from "../transport/connection.js";
import { remoteFailure } from "../transport/failure.js";
import { PacketReader, ProtocolError } from "../transport/packet.js";
import { plainLine } from "../transport/words.js";

/** A program with its arguments, never put together as text. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Most of what a program says on its error stream that is kept. */
const maxWords = 4000;
/** What git says when a path leads to no repository. */
const noRepository =
  /does not appear to be a git repository|not a git repository|no such repository|repository not found/i;
/** What a running git puts into the environment of its hooks and aliases about its own repository. */
const ownRepository =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|PROTOCOL)$/;

export class PipeCarrier implements Carrier {
  #sent = 0;
  #received = 0;

  /** @param command makes the command for one of git's two programs */
  constructor(
    readonly url: string,
    readonly command: (service: Service) => Promise<Command>,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  traffic(): Pick<Traffic, "sent" | "received"> {
    return { sent: this.#sent, received: this.#received };
  }

  failure(cause: unknown): Error {
    return remoteFailure(this.url, cause);
  }

  async connect(service: Service, watch: Watch): Promise<Conversation> {
    const { program, args } = await this.command(service);
    const kept = Object.entries(this.environment).filter(([name]) => !ownRepository.test(name));
    const talk = new PipeTalk(
      spawn(program, args, {
        env: Object.fromEntries(kept),
        windowsHide: true,
        ...(watch.signal && { signal: watch.signal }),
      }),
      program,
      this.url,
      bytes => (this.#sent += bytes),
      bytes => (this.#received += bytes),
    );
    try {
      return await talk.begin();
    } catch (cause) {
      throw await talk.explain(cause);
    }
  }

  async close(): Promise<void> {}
}

class PipeTalk {
  readonly #reader: PacketReader;
  readonly #ended: Promise<unknown>;
  #words = "";
  #failure: unknown;

  constructor(
    readonly child: ChildProcessWithoutNullStreams,
    readonly program: string,
    readonly url: string,
    readonly noteSent: (bytes: number) => void,
    readonly noteReceived: (bytes: number) => void,
  ) {
    this.#ended = once(child, "close").catch((error: unknown) => (this.#failure = error));
    child.on("error", error => (this.#failure ??= error));
    child.stdin.on("error", () => {});
    child.stderr.on("data", (chunk: Uint8Array) => {
      if (this.#words.length < maxWords) this.#words += new TextDecoder().decode(chunk);
    });
    this.#reader = new PacketReader(this.#received());
  }

  async begin(): Promise<Conversation> {
    const advertisement = await readAdvertisement(this.#reader);
    return {
      advertisement,
      isForgetful: false,
      exchange: async body => {
        this.#write(body).catch((error: unknown) => (this.#failure ??= error));
        return this.#reader;
      },
      words: () => this.#words,
      explain: cause => this.explain(cause),
      close: () => this.#close(),
    };
  }

  /** Says why nothing more comes: what the program said, or why it could not be run. An answer that is wrong says enough by itself. */
  async explain(cause: unknown): Promise<unknown> {
    if (cause instanceof ProtocolError && !isBreak(cause)) return cause;
    const first = this.#failure;
    this.child.stdin.destroy();
    await this.#ended;
    const { code, name } = (this.#failure ?? {}) as { code?: unknown; name?: unknown };
    if (code === "ENOENT") return notInstalled(this.program, this.url);
    if (name === "AbortError" || !(cause instanceof ProtocolError)) return this.#failure ?? cause;
    // What was to be sent could not be made: the program only heard no more.
    if (isSheafError(first)) return first;
    const words = plainLine(this.#words);
    if (noRepository.test(words)) {
      const sentence = `there is no git repository at ${this.url} (${words})`;
      return new SheafError("no-such-repository", { path: this.url }, sentence);
    }
    return words === "" ? cause : new ProtocolError(words, { cause });
  }

  async #close(): Promise<void> {
    this.child.stdin.end();
    this.child.kill();
    await this.#ended;
  }

  async #write(body: RequestBody): Promise<void> {
    const counted = count(body, this.noteSent);
    await pipeline(Readable.from(counted, { objectMode: false }), this.child.stdin, { end: !Array.isArray(body) });
  }

  async *#received(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of this.child.stdout) {
      this.noteReceived((chunk as Uint8Array).length);
      yield chunk as Uint8Array;
    }
  }
}

function isBreak({ message }: ProtocolError): boolean {
  return message.startsWith("the connection broke");
}

function notInstalled(program: string, url: string): SheafError<"remote-failed"> {
  const reason = `${program} is not installed, or not on the PATH`;
  return new SheafError(
    "remote-failed",
    { remote: url, reason },
    `${url}: ${reason}; install it, or use an https:// URL`,
  );
}

async function* count(body: RequestBody, note: (bytes: number) => void): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of body) {
    note(chunk.length);
    yield chunk;
  }
}
