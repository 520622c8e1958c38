/**
 * Long work that goes on after its request was answered: its state, how far it is, and what came of it.
 *
 * Jobs are held in memory: a finished one for an hour, of each caller the latest {@link maxKept}; a restart of the server ends and forgets them, with their
 * files. What a job did to the repository is all or nothing as ever.
 */
import type { Progress, Value, Watch } from "@sheaf/core";
import { HttpError, judge, type Problem } from "./problem.js";
import type { Spooled } from "./spool.js";

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

/** A file that a job made. */
export interface JobFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Spooled;
}

/** What came of a job. */
export interface Outcome {
  /** What the request would have been answered, or says of the file. */
  readonly result: Value;
  readonly file?: JobFile;
}

/** How many jobs run at once, and how many finished ones of a caller are remembered. */
const maxRunning = 16;
const maxKept = 256;
const keptMs = 3_600_000;

interface Entry {
  job: Job;
  file?: JobFile;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class Jobs {
  readonly #entries = new Map<string, Entry>();

  /** @param place  the clock, and a source of ids that cannot be guessed */
  constructor(readonly place: { now(): number; nonce(): string }) {}

  /** Begins a job. Throws `busy` (429) when too many run. */
  start(kind: string, owner: string, run: (watch: Watch) => Promise<Outcome>): Job {
    this.tidy();
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
    this.tidy();
    return Array.from(this.#entries.values(), ({ job }) => job)
      .filter(job => job.owner === owner)
      .reverse();
  }

  /** One job of the caller's. Throws `no-such-job` (404). */
  get(id: string, owner: string): Job {
    return this.#need(id, owner).job;
  }

  /** The file that a job of the caller's made. Throws 409 while it runs, 404 when it made none. */
  file(id: string, owner: string): JobFile {
    const { job, file } = this.#need(id, owner);
    if (file) return file;
    if (job.state === "running")
      throw new HttpError(409, "not-done", `job ${id} is running still; ask when it is done`);
    throw new HttpError(404, "no-such-file", `job ${id} is ${job.state} and made no file`);
  }

  /** Stops a job that is running; forgets one that is over, with its file. */
  async end(id: string, owner: string): Promise<void> {
    const entry = this.#need(id, owner);
    if (entry.job.state !== "running") return this.#drop(id, entry);
    entry.abort.abort();
    await entry.done;
  }

  /** Resolves when no job is running any more. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#entries.values(), ({ done }) => done));
  }

  async #run(id: string, run: (watch: Watch) => Promise<Outcome>, signal: AbortSignal): Promise<void> {
    try {
      const { result, file } = await run({ signal, progress: progress => this.#set(id, { progress }) });
      const entry = this.#entries.get(id);
      if (entry && file) entry.file = file;
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
    this.tidy();
    const entry = this.#entries.get(id);
    if (entry?.job.owner === owner) return entry;
    throw new HttpError(
      404,
      "no-such-job",
      `there is no job ${JSON.stringify(id)} of yours in this process: jobs are kept for an hour, and end with the process that began them; what it did to the repository is there whole or not at all`,
    );
  }

  /** Forgets jobs that ended an hour ago, and of each caller's all but the latest. */
  tidy(): void {
    const now = this.place.now();
    const kept = new Map<string, number>();
    for (const [id, entry] of [...this.#entries].reverse()) {
      const { finished, owner } = entry.job;
      if (finished === undefined) continue;
      const count = (kept.get(owner) ?? 0) + 1;
      kept.set(owner, count);
      if (now - finished > keptMs || count > maxKept) this.#drop(id, entry);
    }
  }

  #drop(id: string, { file }: Entry): void {
    this.#entries.delete(id);
    void file?.content.drop();
  }
}
