/** Prints portions of a dataset on a thread of its own, which reads the same folder by itself. */
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import type { DatasetBlock, LineForm, Portion, PortionHelp, PortionHelper, PrintedPortion } from "@sheaf/core";
import { FolderDrive } from "./folder.js";
import type { ThreadOptions } from "./line-thread.js";

/** Bytes of text after which a thread is started: below, an export is done before the thread has warmed up. */
const threadFrom = 2 ** 23;
/** Some milliseconds of work; a few of them are in memory at a time. */
const portionBytes = 2 ** 19;
/** The thread makes nothing that lives long; V8 would let its young objects grow to several times this. */
const youngMiB = 4;

/** What the thread is started with. */
export interface PortionSetting {
  readonly folder: string;
  readonly dataset: Pick<DatasetBlock, "rows" | "count">;
  readonly form: LineForm;
}

/** To the thread: print this, there. */
export interface PortionRequest {
  readonly portion: Portion;
  readonly room: Uint8Array<ArrayBuffer>;
}

/** From the thread: it is ready to begin; or what became of the oldest request. */
export type PortionReply = "ready" | PrintedPortion;

/**
 * Makes help for long exports from a folder: a thread that prints every other portion.
 *
 * There is none where there is one processor, where the repository lies elsewhere, or where no thread can be had. Lines and errors are the same with and without.
 */
export function printPortionsBeside(
  options: ThreadOptions & Partial<Pick<PortionHelp, "portionBytes">> = {},
): PortionHelp {
  const { program = new URL("./portion-worker.js", import.meta.url) } = options;
  return {
    from: options.from ?? threadFrom,
    portionBytes: options.portionBytes ?? portionBytes,
    async start({ context, block: { rows, count } }, form) {
      const { drive } = context.store;
      if (!(drive instanceof FolderDrive) || availableParallelism() < 2) return undefined;
      return PortionThread.start(program, { folder: drive.path, dataset: { rows, count }, form });
    },
  };
}

/** A thread that prints portions of one version. */
export class PortionThread implements PortionHelper {
  #isReady = false;
  #hasFailed = false;
  #tellReady: (isReady: boolean) => void = () => undefined;
  /** Says whether the thread can be had, once that is known. */
  readonly ready = new Promise<boolean>(resolve => (this.#tellReady = resolve));
  /** Those who wait for a reply, in order. */
  #waiting: ((printed: PrintedPortion) => void)[] = [];

  private constructor(readonly worker: Worker) {
    worker.on("message", (reply: PortionReply) => this.#take(reply));
    worker.on("error", () => this.#fail());
    worker.on("exit", () => this.#fail());
  }

  /** Starts a thread; it is of use once it {@link isReady}. */
  static async start(program: URL, setting: PortionSetting): Promise<PortionThread> {
    const { Worker } = await import("node:worker_threads");
    const resourceLimits = { maxYoungGenerationSizeMb: youngMiB };
    return new PortionThread(new Worker(program, { workerData: setting, resourceLimits, execArgv: [] }));
  }

  get isReady(): boolean {
    return this.#isReady && !this.#hasFailed;
  }

  print(portion: Portion, room: Uint8Array<ArrayBuffer>): Promise<PrintedPortion> {
    this.worker.postMessage({ portion, room } satisfies PortionRequest, [room.buffer]);
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      if (this.#hasFailed) this.#fail();
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  #take(reply: PortionReply): void {
    if (reply === "ready") this.#tellReady((this.#isReady = true));
    else this.#waiting.shift()?.(reply);
  }

  /** Nothing is lost with the thread: what it did not print is printed by whoever asked. */
  #fail(): void {
    this.#hasFailed = true;
    this.#tellReady(false);
    for (const resolve of this.#waiting.splice(0)) resolve({ room: new Uint8Array(0), rows: 0, bytes: 0 });
  }
}
