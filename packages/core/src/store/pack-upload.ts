/** Moves a pack in the making to the drive: whole when it is small, as a stream when it grows. */
import type { Awaitable, Platform } from "../platform.js";
import { SheafError } from "../errors.js";
import type { Drive } from "./drive.js";
import { ChunkQueue } from "./chunk-queue.js";
import type { PackBuilder } from "./pack-builder.js";
import { packPrefix, trailerBytes } from "./pack-format.js";
import { joinBytes } from "../text.js";

/** From here on frames leave memory for the drive while more come. */
const streamFrom = 2 << 20;
/** Bytes that may wait for the drive before the writer is asked to wait. */
const maxWaiting = 2 << 20;

export class PackUpload {
  readonly name: string;
  #queue: ChunkQueue | undefined;
  #created: Promise<boolean> | undefined;
  #isOver = false;

  constructor(
    readonly drive: Drive,
    readonly platform: Platform,
    readonly builder: PackBuilder,
  ) {
    this.name = `${packPrefix}${platform.nonce()}`;
  }

  /** Called after every block: lets frames go once there are enough of them. */
  offer(): void {
    if (this.builder.waiting < streamFrom) return;
    this.#queue ??= this.#start();
    for (const chunk of this.builder.take()) this.#queue.push(chunk);
  }

  /** Waits while too much waits for the drive; throws what the drive threw. */
  drain(): Awaitable<void> {
    if (this.#queue && this.#queue.bytes > maxWaiting) return this.#queue.below(maxWaiting / 2);
  }

  /** Makes the pack durable and gives its name; `undefined` when no block went in. */
  async finish(): Promise<string | undefined> {
    if (this.builder.blocks === 0) return undefined;
    const chunks = this.builder.finish(this.platform.now());
    const trailer = chunks[chunks.length - 1];
    this.#isOver = true;
    try {
      if (await this.#create(chunks)) return this.name;
    } catch (error) {
      if (!(await this.#isThere(trailer))) throw error;
    }
    // The name is ours alone: if it is taken, then by our own attempt whose reply was lost.
    if (await this.#isThere(trailer)) return this.name;
    const reason = "the name of a new pack is taken";
    throw new SheafError(
      "drive-failed",
      { name: this.name, reason },
      `${this.name} cannot be written: ${reason}; try again`,
    );
  }

  /** Stops: nothing comes to rest unless the pack was finished before. */
  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue?.fail(new Error("the write was given up"));
    await this.#created?.catch(() => undefined);
  }

  #create(chunks: readonly Uint8Array[]): Promise<boolean> {
    if (!this.#queue || !this.#created) return this.drive.create(this.name, joinBytes(chunks));
    for (const chunk of chunks) this.#queue.push(chunk);
    this.#queue.end();
    return this.#created;
  }

  #start(): ChunkQueue {
    const queue = new ChunkQueue(chunk => this.builder.release(chunk));
    this.#created = this.drive.create(this.name, queue);
    this.#created.catch(error => queue.fail(error));
    return queue;
  }

  async #isThere(trailer: Uint8Array): Promise<boolean> {
    try {
      const end = await this.drive.read(this.name, { start: -trailerBytes });
      return end !== undefined && end.length === trailer.length && end.every((byte, i) => byte === trailer[i]);
    } catch {
      return false;
    }
  }
}
