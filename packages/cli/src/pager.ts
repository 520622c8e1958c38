/** Long output on a terminal goes through the person's pager, a screen at a time, as git does it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";

/** A program that shows a screen at a time what is written to it. */
export interface Pager {
  readonly sink: Writable;
  /** Ends the output, and resolves when the reader has left. */
  close(): Promise<void>;
}

/** How less shows it unless `LESS` says otherwise: ends at once when all fits on a screen, passes colours on, leaves the text where it is. */
const lessOptions = "FRX";

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts the pager that `SHEAF_PAGER`, then `PAGER` names; `less` otherwise. `undefined` when they name none (`""` or `cat`), or there is no less. */
export async function openPager(env: Environment, cwd: string): Promise<Pager | undefined> {
  const wanted = env["SHEAF_PAGER"] ?? env["PAGER"];
  if (wanted === "" || wanted === "cat") return undefined;
  const child = await start(wanted, { ...env, LESS: env["LESS"] ?? lessOptions }, cwd);
  if (!child?.stdin) return undefined;
  const left = once(child, "exit");
  const { stdin } = child;
  const close = async () => {
    stdin.end();
    await left;
  };
  return { sink: stdin, close };
}

/** A pager that somebody chose may have options, so a shell reads it; that there is no less is noticed without one. */
async function start(
  wanted: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<ChildProcess | undefined> {
  const child = spawn(wanted ?? "less", {
    shell: wanted !== undefined,
    stdio: ["pipe", "inherit", "inherit"],
    cwd,
    env,
  });
  try {
    await once(child, "spawn");
    return child;
  } catch {
    return undefined;
  }
}
