/** A thread that answers requests in their order. This one goes on by itself until it is ready, and hears of it when it dies. */
import type { Worker, WorkerOptions } from "node:worker_threads";

/** The thread makes nothing that lives long; V8 would let its young objects grow to several times this. */
const youngMiB = 4;

export interface ThreadOptions {
  /** Bytes after which the thread is started. */
  readonly from?: number;
  /** The program of the thread; default: the one beside this file. */
  readonly program?: URL;
}

/** Starts the program of a thread, which says `ready` first of all. */
export async function startWorker(program: URL, options: WorkerOptions = {}): Promise<Worker> {
  const { Worker } = await import("node:worker_threads");
  return new Worker(program, { ...options, resourceLimits: { maxYoungGenerationSizeMb: youngMiB }, execArgv: [] });
}

export abstract class Thread<Request, Answer extends object> {
  #isReady = false;
  #failure: Error | undefined;
  #tellReady: (isReady: boolean) => void = () => undefined;
  /** Says whether the thread can be had, once that is known. */
  readonly ready = new Promise<boolean>(resolve => (this.#tellReady = resolve));
  /** Those who wait for an answer, in order. */
  #waiting: ((answer: Answer) => void)[] = [];

  protected constructor(readonly worker: Worker) {
    worker.on("message", (reply: "ready" | Answer) => this.#take(reply));
    worker.on("error", error => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => this.#fail(new Error(`the thread that ${this.work} ended`)));
  }

  /** As in `the thread that <work> ended`. */
  protected abstract readonly work: string;

  /** The answer to a request that the thread has not answered when it dies, or that comes after. */
  protected abstract lost(failure: Error): Answer;

  get isReady(): boolean {
    return this.#isReady && !this.#failure;
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  /** Sends what is not answered. */
  protected send(request: Request, memory: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, memory);
  }

  protected ask(request: Request, memory: ArrayBuffer[]): Promise<Answer> {
    this.send(request, memory);
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      if (this.#failure) this.#fail(this.#failure);
    });
  }

  #take(reply: "ready" | Answer): void {
    if (reply === "ready") this.#tellReady((this.#isReady = true));
    else this.#waiting.shift()?.(reply);
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#tellReady(false);
    for (const resolve of this.#waiting.splice(0)) resolve(this.lost(this.#failure));
  }
}
