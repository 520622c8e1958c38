/**
 * Edits on their way into commits: a queue for each branch, from which all that waits is taken at once.
 *
 * An edit that meets an idle branch goes at once and alone. Those that come while it is written wait, and then share one write: one pack, one move of the
 * ref, a commit for each person. So latency is that of two writes at most, and the writes a second of the disk do not bound the edits.
 */
import type { Edited, EditOutcome, EditRequest, Repository } from "@sheaf/core";
import { HttpError } from "./problem.js";

/** Edits that are written together, and that wait, at most. */
const maxGroup = 256;
const maxWaiting = 4096;

interface Waiting {
  readonly signal: AbortSignal;
  readonly request?: EditRequest;
  readonly settle: (outcome: EditOutcome) => void;
  /** Instead of a request: work that moves the branch by itself. */
  readonly work?: () => Promise<void>;
}

export class EditQueue {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #running = new Set<Promise<void>>();

  constructor(readonly repo: Pick<Repository, "editEach" | "head">) {}

  /** Makes an edit on a branch (default: the current one). Throws what became of it, or `busy` (503) when too many wait. */
  async edit(request: EditRequest, branch: string | undefined, signal: AbortSignal): Promise<Edited> {
    const name = await this.#branch(branch);
    const outcome = await new Promise<EditOutcome>((settle, refuse) =>
      this.#enter(name, { request: { ...request, signal }, signal, settle }, refuse),
    );
    if ("error" in outcome) throw outcome.error;
    return outcome;
  }

  /** Does work that moves the branch by itself, such as a merge, while no edit of this process does: so none of them makes it begin again. */
  async alone<T>(branch: string | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const name = await this.#branch(branch);
    const outcome = await new Promise<{ value: T } | { error: unknown }>((settle, refuse) => {
      const begin = () =>
        work().then(
          value => settle({ value }),
          (error: unknown) => settle({ error }),
        );
      this.#enter(name, { signal, settle: gone => "error" in gone && settle(gone), work: begin }, refuse);
    });
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  async #branch(branch: string | undefined): Promise<string> {
    return branch ?? (await this.repo.head()).branch ?? "";
  }

  #enter(name: string, waiting: Waiting, refuse: (error: unknown) => void): void {
    const queue = this.#queues.get(name);
    if (queue && queue.length >= maxWaiting)
      refuse(new HttpError(503, "busy", "too many edits wait for this branch; try again", { "retry-after": "1" }));
    else if (queue) queue.push(waiting);
    else this.#begin(name, waiting);
  }

  /** Resolves when no edit waits any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #begin(name: string, first: Waiting): void {
    const queue = [first];
    this.#queues.set(name, queue);
    const run = this.#run(name, queue).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(name: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await this.#write(name, this.#next(queue));
    this.#queues.delete(name);
  }

  /** All edits up to the next work that is done alone, or that work. */
  #next(queue: Waiting[]): Waiting[] {
    const end = queue.findIndex(({ work }) => work !== undefined);
    return queue.splice(0, Math.min(maxGroup, end < 0 ? queue.length : Math.max(end, 1)));
  }

  /** Writes one group; who went away meanwhile is left out. */
  async #write(name: string, group: readonly Waiting[]): Promise<void> {
    const here = group.filter(({ signal }) => !signal.aborted);
    for (const gone of group) if (gone.signal.aborted) gone.settle({ error: gone.signal.reason });
    for (const { work } of here) await work?.();
    const edits = here.flatMap(({ request, settle }) => (request ? [{ request, settle }] : []));
    if (edits.length === 0) return;
    try {
      const outcomes = await this.repo.editEach(
        edits.map(({ request }) => request),
        name,
      );
      edits.forEach(({ settle }, i) => settle(outcomes[i]));
    } catch (error) {
      for (const { settle } of edits) settle({ error });
    }
  }
}
