/** What a server has beside the repository and its routes use together: the jobs, the queues of edits, and a way to wait. */
import type { Repository } from "@sheaf/core";
import { Catalog } from "./dialects/catalog/catalog.js";
import { EditQueue } from "./edit-queue.js";
import { Jobs } from "./jobs.js";
import { PrintedRows } from "./native/printed-rows.js";
import { MemorySpool, type Spool } from "./spool.js";
import { Turns } from "./turns.js";

/** Waits so many milliseconds, or until the signal. Tests wait otherwise. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** A way out to a language model that the user configured, and the key for it. */
export interface ModelDoor {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly key?: string | undefined;
}

export class Desk {
  readonly jobs: Jobs;
  readonly edits: EditQueue;
  readonly catalog: Catalog;
  readonly printed = new PrintedRows();
  readonly #turns = new Map<string, Turns>();
  #stirring = new AbortController();
  /** Streams that never end by themselves and are open. */
  streams = 0;

  constructor(
    readonly repo: Repository,
    readonly wait: Wait = sleep,
    /** Where uploads and files of jobs wait. */
    readonly spool: Spool = new MemorySpool(),
    /** Default: no way out. */
    readonly model?: ModelDoor,
    /** What the repository is called, where a vendor needs a name for the whole. */
    readonly name = "sheaf",
  ) {
    this.jobs = new Jobs(repo.context.platform);
    this.edits = new EditQueue(repo);
    this.catalog = new Catalog(repo);
  }

  /** The turns of this process at something, by its name: to be asked for anew each time. */
  turns(name: string): Turns {
    let turns = this.#turns.get(name);
    if (turns) return turns;
    for (const [other, { isIdle }] of this.#turns) if (isIdle) this.#turns.delete(other);
    this.#turns.set(name, (turns = new Turns()));
    return turns;
  }

  /** Waits so many milliseconds, or until a request here may have moved a ref, or until the signal. */
  rest(ms: number, until: AbortSignal): Promise<void> {
    return this.wait(ms, AbortSignal.any([until, this.#stirring.signal]));
  }

  /** Wakes all who rest. */
  stir(): void {
    const stirred = this.#stirring;
    this.#stirring = new AbortController();
    stirred.abort();
  }

  /** Resolves when what was begun is done: every job, every edit. */
  async settled(): Promise<void> {
    await Promise.all([this.jobs.settled(), this.edits.settled()]);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
