/** A person at a terminal, for tests: types commands in a fresh folder, in this process, and reads what comes back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { run, type Io, type Sink } from "@sheaf/cli/run";
import { onTestFinished } from "vitest";

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a command is run. */
export interface Terminal {
  readonly stdin?: string | Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and standard error are a terminal of so many columns. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly stdout?: Sink;
  readonly page?: Io["page"];
}

const person = { SHEAF_AUTHOR_NAME: "Ada", SHEAF_AUTHOR_EMAIL: "ada@example.org" };

export class Shell {
  constructor(readonly folder: string) {}

  /** Runs a command in the folder. */
  async run(args: readonly string[], terminal: Terminal = {}): Promise<Outcome> {
    const stdout = collector(terminal.columns);
    const stderr = collector(terminal.columns);
    const code = await run(args, {
      stdin: typeof terminal.stdin === "object" ? terminal.stdin : Readable.from([Buffer.from(terminal.stdin ?? "")]),
      stdout: terminal.stdout ?? stdout.sink,
      stderr: stderr.sink,
      env: { ...person, ...terminal.env },
      cwd: this.folder,
      ...(terminal.page && { page: terminal.page }),
      signal: terminal.signal ?? new AbortController().signal,
    });
    return { code, out: stdout.text(), err: stderr.text() };
  }

  /** Runs a command that must succeed, and gives what it prints on standard output. */
  async sheaf(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(args);
    if (code !== 0) throw new Error(`sheaf ${args.join(" ")} ended with ${code}: ${out}${err}`);
    return out;
  }

  /** Runs a command with `--json`, and gives the values that it prints, one a line. */
  // oxlint-disable-next-line no-explicit-any -- tests look into whatever a command prints
  async json(...args: readonly string[]): Promise<any[]> {
    return lines(await this.sheaf(...args, "--json")).map(line => JSON.parse(line));
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Everything that a command could have moved: head, branches, tags, the reflog. Empty when there is no repository. */
  async state(): Promise<string> {
    const parts = await Promise.all(["status", "branch", "tag", "reflog"].map(verb => this.run([verb, "--json"])));
    return parts.map(({ out }) => out).join("");
  }
}

/** A shell in a fresh folder, which goes when the test ends. */
export function freshShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new Shell(folder);
}

/** A shell in a repository with a dataset `qa` of three rows, q1 to q3, on main. */
export async function smallRepository(): Promise<Shell> {
  const shell = freshShell();
  await shell.sheaf("init");
  shell.write("qa.jsonl", rowsText);
  await shell.sheaf("import", "qa", "qa.jsonl", "--key", "id", "-m", "first");
  return shell;
}

const rowsText = [
  '{"id":"q1","question":"What is 2+2?","answer":"4","score":1.0}',
  '{"id":"q2","question":"Capital of France?","answer":"Paris","score":0.5}',
  '{"id":"q3","question":"Largest planet?","answer":"Jupiter","score":12345678901234567890}',
  "",
].join("\n");

/** Lines of a text that ends in a line break. */
export function lines(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function collector(columns: number | undefined): { sink: Sink; text: () => string } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  if (columns !== undefined) Object.assign(sink, { isTTY: true, columns });
  return { sink, text: () => Buffer.concat(chunks).toString("utf8") };
}
