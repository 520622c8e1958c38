/** Server-sent events (WHATWG HTML, 9.2), read from a stream, and gone on with where one breaks off. */
import { isSheafError, parseJson, type Value } from "@sheaf/core";
import type { ServerEvent } from "./operation.js";

/** What a stream said of itself: where to go on, and how many milliseconds later. */
export interface Resume {
  lastId?: string;
  retryMs: number;
}

/** Reads the events of one stream; keeps in `resume` what a later one needs. A half event at the end is left out, as the standard says. */
export async function* eventsIn(lines: AsyncIterable<string>, resume: Resume): AsyncGenerator<ServerEvent<Value>> {
  let event = "message";
  let data: string[] = [];
  let lastId = resume.lastId;
  for await (const line of lines) {
    const { field, value } = fieldIn(line.replace(/\r$/, ""));
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id") lastId = value;
    else if (field === "retry" && /^\d+$/.test(value)) resume.retryMs = Number(value);
    else if (field === "" && value === "") {
      if (lastId !== undefined) resume.lastId = lastId;
      if (data.length > 0)
        yield { ...(lastId === undefined ? {} : { id: lastId }), event, data: parseJson(data.join("\n")) };
      [event, data] = ["message", []];
    }
  }
}

/** A comment has no field, and a value. */
function fieldIn(line: string): { field: string; value: string } {
  const colon = line.indexOf(":");
  if (colon < 0) return { field: line, value: "" };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, "") || (colon === 0 ? " " : "") };
}

/** Opens a stream that goes on behind an event; `undefined` when there is nothing more to come. */
export type OpenEvents = (lastId: string | undefined) => Promise<AsyncIterable<string> | undefined>;

/**
 * Gives events without end: a stream that breaks off is opened again behind the last event.
 *
 * Waits as long as the server asked (one second otherwise), twice as long after each failure in a row, at most 30 seconds. Throws what is no broken connection:
 * a refusal, or what a signal was aborted with.
 */
export async function* lasting(
  first: AsyncIterable<string>,
  open: OpenEvents,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServerEvent<Value>> {
  const resume: Resume = { retryMs: 1000 };
  let failures = 0;
  let lines: AsyncIterable<string> | undefined = first;
  for (;;) {
    try {
      lines ??= await open(resume.lastId);
      if (lines === undefined) return;
      for await (const event of eventsIn(lines, resume)) {
        failures = 0;
        yield event;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      failures++;
    }
    lines = undefined;
    await pause(Math.min(resume.retryMs * 2 ** failures, 30_000), signal);
  }
}

/** A connection that broke or a server that is busy: it may come back. */
function isPassing(error: unknown): boolean {
  if (!isSheafError(error, "remote-failed")) return false;
  const { status } = error.data;
  return status === undefined || status === 429 || status >= 502;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    function done() {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}
