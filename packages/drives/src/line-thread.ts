/** Encodes lines on a thread of its own, where there is a second processor and enough of them to be worth it. */
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { LineEncoder, type EncodeLines, type ItemBatch, type LineOptions } from "@sheaf/core";
import {
  emptyParcel,
  fillText,
  fromFlaw,
  memoryOf,
  rowsOf,
  type Parcel,
  type Reply,
  type Request,
} from "./line-parcel.js";

/** Bytes of text after which a thread is started: below, an import is done before the thread has warmed up. */
const threadFrom = 2 ** 23;
/** Parcels under way: one being encoded, one being imported, and two so that neither side waits. */
const parcels = 4;
/** The thread makes nothing that lives long; V8 would let its young objects grow to several times this. */
const youngMiB = 4;

export interface ThreadOptions {
  /** Bytes after which the thread is started. */
  readonly from?: number;
  /** The program of the thread; default: the one beside this file. */
  readonly program?: URL;
}

/**
 * Makes an {@link EncodeLines} that moves to a thread of its own once a text turns out to be long.
 *
 * Rows, order and errors are the same as without. This thread goes on by itself until the other one is ready, and to the end where none can be had.
 */
export function encodeLinesBeside(options: ThreadOptions = {}): EncodeLines {
  return (chunks, lineOptions) => encode(chunks, lineOptions, options);
}

async function* encode(
  chunks: AsyncIterable<Uint8Array>,
  options: LineOptions,
  { from = threadFrom, program = new URL("./line-worker.js", import.meta.url) }: ThreadOptions,
): AsyncGenerator<ItemBatch, void, undefined> {
  const encoder = new LineEncoder(options);
  let thread: LineThread | undefined;
  let seen = 0;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      if (!thread && seen >= from && availableParallelism() > 1) thread = await LineThread.start(program);
      yield* encoder.push(next.value);
      seen += next.value.length;
      if (!thread?.isReady) continue;
      const { waiting, line } = encoder.handOver();
      return yield* thread.encode(waiting, iterator, { ...options, firstLine: line });
    }
    yield* encoder.finish();
  } finally {
    await iterator.return?.();
    await thread?.stop();
  }
}

/** A thread that encodes one text at a time. */
export class LineThread {
  #isReady = false;
  #tellReady: (isReady: boolean) => void = () => undefined;
  /** Says whether the thread can be had, once that is known. */
  readonly ready = new Promise<boolean>(resolve => (this.#tellReady = resolve));
  #failure: Error | undefined;
  /** Those who wait for a reply, in order. */
  #waiting: ((reply: Exclude<Reply, "ready">) => void)[] = [];

  private constructor(readonly worker: Worker) {
    worker.on("message", (reply: Reply) => this.#take(reply));
    worker.on("error", error => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => this.#fail(new Error("the thread that encodes lines ended")));
  }

  /** Starts a thread; it is of use once it {@link isReady}. */
  static async start(program: URL): Promise<LineThread> {
    const { Worker } = await import("node:worker_threads");
    return new LineThread(
      new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: youngMiB }, execArgv: [] }),
    );
  }

  get isReady(): boolean {
    return this.#isReady && !this.#failure;
  }

  /** Encodes a text that begins with `first` and goes on with `chunks`; throws what is wrong with it, and when the thread dies. */
  async *encode(
    first: Uint8Array,
    chunks: AsyncIterator<Uint8Array>,
    options: LineOptions,
  ): AsyncGenerator<ItemBatch, void, undefined> {
    this.#send({ begin: options });
    const free = Array.from({ length: parcels }, emptyParcel);
    const replies = [this.#request(free.pop() ?? emptyParcel(), first)];
    for (let isOver = false; replies.length > 0;) {
      while (!isOver && free.length > 0) {
        const next = await chunks.next();
        isOver = next.done === true;
        replies.push(this.#request(free.pop() ?? emptyParcel(), next.done ? nothing : next.value, isOver));
      }
      const reply = await replies.shift();
      if (!reply) return;
      if (reply.count > 0) yield rowsOf(reply.parcel, reply.count);
      if (reply.flaw) throw fromFlaw(reply.flaw);
      free.push(reply.parcel);
    }
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  #request(parcel: Parcel, text: Uint8Array, isLast = false): Promise<Exclude<Reply, "ready">> {
    fillText(parcel, text);
    this.#send({ parcel, length: text.length, isLast }, memoryOf(parcel));
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      if (this.#failure) this.#fail(this.#failure);
    });
  }

  #send(request: Request, memory: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, memory);
  }

  #take(reply: Reply): void {
    if (reply === "ready") this.#tellReady((this.#isReady = true));
    else this.#waiting.shift()?.(reply);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#tellReady(false);
    for (const resolve of this.#waiting.splice(0)) resolve({ parcel: emptyParcel(), count: 0, flaw: this.#failure });
  }
}

const nothing = new Uint8Array(0);
