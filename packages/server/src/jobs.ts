/**
 * Long work that goes on after its request was answered: its state, how far it is, and what came of it.
 *
 * Jobs are held in memory: a finished one for an hour, as many as {@link maxKept}; a restart of the server ends and forgets them. What a job did to the
 * repository is all or nothing as ever.
 */
import type { Progress, Value, Watch } from "@sheaf/core";
import { HttpError, judge, type Problem } from "./problem.js";

export interface Job {
  readonly id: string;
  /** What is done: `import`, `fetch`, … */
  readonly kind: string;
  /** Who asked for it; nobody else sees it. */
  readonly owner: string;
  readonly state: "running" | "done" | "failed" | "cancelled";
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly finished?: number;
  readonly progress?: Progress;
  /** Of one that is done: what the request would have been answered. */
  readonly result?: Value;
  /** Of one that failed. */
  readonly problem?: Problem;
}

/** How many jobs run at once, and how many finished ones are remembered. */
const maxRunning = 16;
const maxKept = 256;
const keptMs = 3_600_000;

interface Entry {
  job: Job;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class Jobs {
  readonly #entries = new Map<string, Entry>();

  /** @param place  the clock, and a source of ids that cannot be guessed */
  constructor(readonly place: { now(): number; nonce(): string }) {}

  /** Begins a job. Throws `busy` (429) when too many run. */
  start(kind: string, owner: string, run: (watch: Watch) => Promise<Value>): Job {
    this.#forget();
    const running = [...this.#entries.values()].filter(({ job }) => job.state === "running").length;
    if (running >= maxRunning)
      throw new HttpError(429, "busy", `${running} jobs are running, which is as many as may; wait for one to end`, {
        "retry-after": "5",
      });
    const id = this.place.nonce();
    const job: Job = { id, kind, owner, state: "running", started: this.place.now() };
    const abort = new AbortController();
    const done = Promise.resolve().then(() => this.#run(id, run, abort.signal));
    this.#entries.set(id, { job, abort, done });
    return job;
  }

  /** The caller's jobs, newest first. */
  list(owner: string): Job[] {
    this.#forget();
    return Array.from(this.#entries.values(), ({ job }) => job)
      .filter(job => job.owner === owner)
      .reverse();
  }

  /** One job of the caller's. Throws `no-such-job` (404). */
  get(id: string, owner: string): Job {
    return this.#need(id, owner).job;
  }

  /** Stops a job that is running; gives it as it is then. */
  async cancel(id: string, owner: string): Promise<Job> {
    const entry = this.#need(id, owner);
    entry.abort.abort();
    await entry.done;
    return entry.job;
  }

  /** Resolves when no job is running any more. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#entries.values(), ({ done }) => done));
  }

  async #run(id: string, run: (watch: Watch) => Promise<Value>, signal: AbortSignal): Promise<void> {
    try {
      const result = await run({ signal, progress: progress => this.#set(id, { progress }) });
      this.#set(id, { state: "done", result, finished: this.place.now() });
    } catch (error) {
      const ended = signal.aborted
        ? ({ state: "cancelled" } as const)
        : ({ state: "failed", problem: judge(error) } as const);
      this.#set(id, { ...ended, finished: this.place.now() });
    }
  }

  #set(id: string, news: Partial<Job>): void {
    const entry = this.#entries.get(id);
    if (entry) entry.job = { ...entry.job, ...news };
  }

  #need(id: string, owner: string): Entry {
    this.#forget();
    const entry = this.#entries.get(id);
    if (entry?.job.owner === owner) return entry;
    throw new HttpError(
      404,
      "no-such-job",
      `there is no job ${JSON.stringify(id)}; they are kept for an hour, and not over a restart of the server`,
    );
  }

  #forget(): void {
    const now = this.place.now();
    let over = this.#entries.size - maxKept;
    for (const [id, { job }] of this.#entries) {
      if (job.finished === undefined) continue;
      if (now - job.finished > keptMs || over > 0) this.#entries.delete(id);
      over--;
    }
  }
}
