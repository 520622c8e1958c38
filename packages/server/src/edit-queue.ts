/**
 * Edits on their way into commits: a queue for each branch, from which all that waits is taken at once.
 *
 * An edit that meets an idle branch goes at once and alone. Those that come while it is written wait, and then share one write: one pack, one move of the
 * ref, a commit for each person. So latency is that of two writes at most, and the writes a second of the disk do not bound the edits.
 */
import type { Committed, EditOutcome, EditRequest, Repository } from "@sheaf/core";
import { HttpError } from "./problem.js";

/** What an edit is answered. */
export type Edited = Committed & { readonly made: readonly string[] };

/** Edits that are written together, and that wait, at most. */
const maxGroup = 256;
const maxWaiting = 4096;

interface Waiting {
  readonly request: EditRequest;
  readonly signal: AbortSignal;
  readonly settle: (outcome: EditOutcome) => void;
}

export class EditQueue {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #running = new Set<Promise<void>>();

  constructor(readonly repo: Pick<Repository, "editEach" | "head">) {}

  /** Makes an edit on a branch (default: the current one). Throws what became of it, or `busy` (503) when too many wait. */
  async edit(request: EditRequest, branch: string | undefined, signal: AbortSignal): Promise<Edited> {
    const name = branch ?? (await this.repo.head()).branch ?? "";
    const outcome = await new Promise<EditOutcome>((settle, refuse) => {
      const queue = this.#queues.get(name);
      if (queue && queue.length >= maxWaiting)
        refuse(new HttpError(503, "busy", "too many edits wait for this branch; try again", { "retry-after": "1" }));
      else if (queue) queue.push({ request, signal, settle });
      else this.#begin(name, { request, signal, settle });
    });
    if ("error" in outcome) throw outcome.error;
    return outcome;
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
    while (queue.length > 0) await this.#write(name, queue.splice(0, maxGroup));
    this.#queues.delete(name);
  }

  /** Writes one group; who went away meanwhile is left out. */
  async #write(name: string, group: readonly Waiting[]): Promise<void> {
    const here = group.filter(({ signal }) => !signal.aborted);
    for (const gone of group) if (gone.signal.aborted) gone.settle({ error: gone.signal.reason });
    try {
      const outcomes = await this.repo.editEach(
        here.map(({ request }) => request),
        name,
      );
      here.forEach(({ settle }, i) => settle(outcomes[i]));
    } catch (error) {
      for (const { settle } of here) settle({ error });
    }
  }
}
