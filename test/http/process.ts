/** `sheaf serve` as a process of its own, and `sheaf` beside it. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.cjs", import.meta.url));

/** Where a repository is, and what a process needs to reach it. */
export interface Seat {
  readonly folder: string;
  /** Of one that is not in the folder: what `-C` takes. */
  readonly place?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const wordsFor = ({ place }: Seat): string[] => (place === undefined ? [] : ["-C", place]);
const person = { SHEAF_AUTHOR_NAME: "Ada", SHEAF_AUTHOR_EMAIL: "ada@example.org" };

/** Runs a command that must succeed; gives its standard output. */
export async function sheaf(seat: Seat, ...words: string[]): Promise<string> {
  const options = { cwd: seat.folder, env: { ...process.env, ...person, ...seat.env }, maxBuffer: 2 ** 28 };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words, ...wordsFor(seat)], options);
  return stdout;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** What it wrote on standard error. */
  readonly said: () => string;
  /** Ends it by a signal; gives its exit code, or the signal's name. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string>;
}

/** Starts a server on a free port. It goes when the test ends. */
export async function serve(seat: Seat, ...more: string[]): Promise<Running> {
  const words = [program, "serve", "--port", "0", "--json", ...wordsFor(seat), ...more];
  const env = { ...process.env, ...person, ...seat.env };
  const child = spawn(process.execPath, words, { cwd: seat.folder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", chunk => (said += String(chunk)));
  const line = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (!(line[0] instanceof Buffer)) throw new Error(`the server did not start: ${said}`);
  const { url } = JSON.parse(line[0].toString()) as { url: string };
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code, by] = await exited;
    return code ?? by ?? "";
  };
  return { url, port: Number(new URL(url).port), child, said: () => said, end };
}
