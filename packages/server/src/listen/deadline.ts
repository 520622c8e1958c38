/** How long a request may take until its answer begins, and from then on without getting anywhere. */
import { HttpError } from "../problem.js";

/** So many bytes, in or out, are progress: a client that sends or takes a byte now and then would hold its place for ever. */
const stepBytes = 2 ** 16;

export class Deadline {
  /** Resolves to what is to be said when the time is over; never, if the request ends before. */
  readonly over: Promise<HttpError>;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;

  /** @param isWaiting  says whether the request is still coming in, which is then why it takes so long */
  constructor(ms: number, isWaiting: () => boolean) {
    this.over = new Promise(resolve => {
      this.#timer = setTimeout(() => resolve(tooSlow(ms, isWaiting())), ms);
    });
  }

  /** Takes note of bytes that came in or were taken; enough of them begin the time anew. */
  moved(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= stepBytes) this.renew();
  }

  /** Begins the time anew. */
  renew(): void {
    this.#bytes = 0;
    this.#timer?.refresh();
  }

  /** Ends the bound. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function tooSlow(ms: number, isWaiting: boolean): HttpError {
  const seconds = `${ms / 1000} seconds`;
  if (isWaiting) return new HttpError(408, "too-slow", `the body did not come in within ${seconds}; send it faster`);
  return new HttpError(
    503,
    "too-slow",
    `the request took longer than ${seconds} and was stopped; what it was to change is there whole or not at all, so look before it is sent again, or let it go on as a job where the route can`,
  );
}
