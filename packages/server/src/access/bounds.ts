/** How many requests are worked on at once: in all, and for one caller, so that none takes the server from the others. */
import type { Asked } from "../asked.js";
import { HttpError } from "../problem.js";

export interface BoundsOptions {
  readonly requests: number;
  readonly perCaller: number;
}

export const defaultBounds: BoundsOptions = { requests: 256, perCaller: 64 };

export class Bounds {
  readonly #callers = new Map<string, number>();
  readonly #callerOf = new WeakMap<Asked, string>();
  /** Requests under way. */
  inFlight = 0;

  constructor(readonly options: BoundsOptions) {}

  /** Counts a request in, always: {@link leave} counts it out. Says whether it may go on. */
  enter(): boolean {
    return ++this.inFlight <= this.options.requests;
  }

  /** Counts a request for its caller, once. Throws 429 when they have too many under way. */
  take(request: Asked, caller: string): void {
    if (this.#callerOf.has(request)) return;
    const count = this.#callers.get(caller) ?? 0;
    if (count >= this.options.perCaller)
      throw new HttpError(429, "too-many-requests", `${count} requests of this caller are under way; wait for some`, {
        "retry-after": "1",
      });
    this.#callerOf.set(request, caller);
    this.#callers.set(caller, count + 1);
  }

  /** Counts a request out. */
  leave(request: Asked): void {
    this.inFlight--;
    const caller = this.#callerOf.get(request);
    if (caller === undefined) return;
    this.#callerOf.delete(request);
    const left = (this.#callers.get(caller) ?? 1) - 1;
    if (left > 0) this.#callers.set(caller, left);
    else this.#callers.delete(caller);
  }
}
