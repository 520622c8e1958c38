/** What the command line asks of the process around it, so that tests can stand in for it. */
import type { Readable, Writable } from "node:stream";
import type { Pager } from "./pager.js";

/** A stream to write to; a terminal says so and knows its width in characters (0 when it does not know). */
export type Sink = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths begin at. */
  readonly cwd: string;
  /** Starts the person's pager, if there is one. */
  readonly page?: () => Promise<Pager | undefined>;
  /** Aborted when the user interrupts: the command stops, nothing half done. */
  readonly signal: AbortSignal;
}

/** The process's own streams, environment and folder. */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, env } = process;
  return {
    // Opening standard input costs time, and most commands never read it.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    page: async () => (await import("./pager.js")).openPager(env, process.cwd()),
    signal,
  };
}
