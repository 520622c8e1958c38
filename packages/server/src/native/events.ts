/**
 * Change events: told when a ref moves, whoever moved it, by server-sent events.
 *
 * Every server process looks at the ref's log itself, so that moves by other processes and by the command line are told too; moves by requests to this process are told at once. An event's id is the number of
 * the move, so `Last-Event-ID` goes on where a client was cut off: what it missed is in the log.
 */
import { printJson, utf8, type ReflogEntry, type Repository, type Value } from "@sheaf/core";
import { stream } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { HttpError } from "../problem.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { exampleMove } from "./shapes.js";

/** Milliseconds between two looks at a ref, and looks between two heartbeats: 15 seconds. */
const lookMs = 250;
const looksPerBeat = 60;
/** Streams of events at once. */
const maxStreams = 256;

const query = t.Object({
  ref: t.Optional(
    t.String({
      minLength: 1,
      description: "a branch, or the whole name of a ref (refs/tags/v1, HEAD); default: the current branch",
    }),
  ),
});

export const eventRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/events",
      operationId: "watchRef",
      tag: "events",
      summary: "Tells when a ref moves, as server-sent events, until the client goes away.",
      description:
        'The first event tells what the ref is. The data of a `move` is {"ref", "value", "before", "who", "time", "command", "serial"}; `value` is null when the ref was removed. Last-Event-ID goes on behind that event.',
      scope: "read",
      query,
      answers: {
        200: { description: "the events", events: t.Record(t.String(), t.Unknown(), { examples: [exampleMove] }) },
      },
    },
    watchRef,
  ),
] as const;

async function watchRef(call: Call<unknown, { ref?: string }>, repo: Repository, desk: Desk): Promise<Response> {
  const { signal, query: asked, closing } = call;
  const ref = asked.ref ?? `refs/heads/${(await repo.head()).branch ?? ""}`;
  const header = call.request.headers.get("last-event-id") ?? "";
  const last = /^[0-9]{1,9}$/.test(header) ? Number(header) : undefined;
  const until = closing ? AbortSignal.any([signal, closing]) : signal;
  if (desk.streams >= maxStreams)
    throw new HttpError(503, "busy", `${maxStreams} streams of events are open, which is as many as may`, {
      "retry-after": "5",
    });
  return stream(events(repo, ref, last, until, desk), "text/event-stream", {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

async function* events(
  repo: Repository,
  ref: string,
  last: number | undefined,
  until: AbortSignal,
  desk: Desk,
): AsyncGenerator<Uint8Array> {
  desk.streams++;
  try {
    let seen = last ?? (await newest(repo, ref)) - 1;
    yield utf8("retry: 1000\n\n");
    for (let looks = 1; !until.aborted; looks++) {
      for (const entry of await movesSince(repo, ref, seen)) {
        yield utf8(`id: ${entry.serial}\nevent: move\ndata: ${printJson(entry as unknown as Value)}\n\n`);
        seen = entry.serial;
      }
      if (looks % looksPerBeat === 0) yield utf8(": still here\n\n");
      await desk.rest(lookMs, until);
    }
  } finally {
    desk.streams--;
  }
}

/** The number of the ref's last move. Throws no-such-ref. */
async function newest(repo: Repository, ref: string): Promise<number> {
  for await (const { serial } of repo.reflog(ref)) return serial;
  return 0;
}

/** The moves behind a number, oldest first; looks at the newest entry alone where there are none. */
async function movesSince(repo: Repository, ref: string, seen: number): Promise<ReflogEntry[]> {
  const moves: ReflogEntry[] = [];
  if ((await repo.lastMove(ref)) <= seen) return moves;
  for await (const entry of repo.reflog(ref)) {
    if (entry.serial <= seen) break;
    moves.push(entry);
  }
  return moves.reverse();
}
