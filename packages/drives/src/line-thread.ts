/** Encodes lines on a thread of its own, where there is a second processor and enough of them to be worth it. */
import { availableParallelism } from "node:os";
import { LineEncoder, type EncodeLines, type ItemBatch, type LineOptions } from "@sheaf/core";
import {
  emptyParcel,
  fillText,
  fromFlaw,
  memoryOf,
  rowsOf,
  type Answer,
  type Parcel,
  type Request,
} from "./line-parcel.js";
import { startWorker, Thread, type ThreadOptions } from "./thread.js";

export type { ThreadOptions };

/** Bytes of text after which a thread is started: below, an import is done before the thread has warmed up. */
const threadFrom = 2 ** 23;
/** Parcels under way: one being encoded, one being imported, and two so that neither side waits. */
const parcels = 4;

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
export class LineThread extends Thread<Request, Answer> {
  protected readonly work = "encodes lines";

  /** Starts a thread; it is of use once it {@link isReady}. */
  static async start(program: URL): Promise<LineThread> {
    return new LineThread(await startWorker(program));
  }

  /** Encodes a text that begins with `first` and goes on with `chunks`; throws what is wrong with it, and when the thread dies. */
  async *encode(
    first: Uint8Array,
    chunks: AsyncIterator<Uint8Array>,
    options: LineOptions,
  ): AsyncGenerator<ItemBatch, void, undefined> {
    this.send({ begin: options });
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

  protected lost(flaw: Error): Answer {
    return { parcel: emptyParcel(), count: 0, flaw };
  }

  #request(parcel: Parcel, text: Uint8Array, isLast = false): Promise<Answer> {
    fillText(parcel, text);
    return this.ask({ parcel, length: text.length, isLast }, memoryOf(parcel));
  }
}

const nothing = new Uint8Array(0);
