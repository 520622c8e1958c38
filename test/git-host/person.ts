/** A person for tests against real hosts: types `sheaf` and `git` as processes of their own, with nobody's configuration. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { gitEnvironment } from "../../packages/git/test/git.js";

const program = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.cjs", import.meta.url));

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Person {
  /** Sheaf's credentials and whatever else a test wants; git's commands get them in URLs. */
  readonly env: Record<string, string> = {};

  private constructor(
    readonly name: string,
    readonly home: string,
    readonly folder: string,
  ) {}

  /** A person in an empty folder, which goes when the test ends. */
  static fresh(name: string): Person {
    const home = mkdtempSync(join(tmpdir(), "sheaf-person-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const folder = join(home, "work");
    mkdirSync(folder);
    return new Person(name, home, folder);
  }

  /** The same person in another folder, below the own one. */
  in(folder: string): Person {
    const other = new Person(this.name, this.home, join(this.folder, folder));
    Object.assign(other.env, this.env);
    return other;
  }

  try(args: readonly string[], input = ""): Promise<Ended> {
    return this.#run(process.execPath, [program, ...args], input);
  }

  /** Runs a command of Sheaf that must succeed, and gives what it prints. */
  async sheaf(...args: readonly string[]): Promise<string> {
    return succeeded(`sheaf ${args.join(" ")}`, await this.try(args));
  }

  // oxlint-disable-next-line no-explicit-any -- tests look into whatever a command prints
  async json(...args: readonly string[]): Promise<any[]> {
    const out = await this.sheaf(...args, "--json");
    return out.split("\n").flatMap(line => (line === "" ? [] : [JSON.parse(line)]));
  }

  /** Edits rows by a JSON Patch, as one commit. */
  async patch(dataset: string, message: string, operations: readonly object[]): Promise<void> {
    const args = ["patch", dataset, "-", "-m", message];
    succeeded(args.join(" "), await this.try(args, JSON.stringify(operations)));
  }

  /** Runs git, which must succeed. */
  async git(...args: readonly string[]): Promise<string> {
    return succeeded(`git ${args.join(" ")}`, await this.#run("git", args, ""));
  }

  #run(command: string, args: readonly string[], input: string): Promise<Ended> {
    const person = { SHEAF_AUTHOR_NAME: this.name, SHEAF_AUTHOR_EMAIL: `${this.name.toLowerCase()}@example.org` };
    const env = { ...gitEnvironment(this.home), ...person, ...this.env };
    const child = spawn(command, args, { cwd: this.folder, env });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", text => (out += text));
    child.stderr.setEncoding("utf8").on("data", text => (err += text));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", code => resolve({ code: code ?? -1, out, err }));
    });
  }
}

function succeeded(words: string, { code, out, err }: Ended): string {
  if (code !== 0) throw new Error(`${words} ended with ${code}: ${out}${err}`);
  return out;
}
