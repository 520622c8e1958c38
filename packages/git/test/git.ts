/** Stock git for tests: in a folder that goes away afterwards, blind to the developer's own configuration. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const identity = { name: "Ada", email: "ada@example.org", date: "1700000000 +0130" };

/** The environment that git is run with: nobody's configuration, one identity, one time, no questions. */
export function gitEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(GIT_|SSH_|SHEAF_|HOME$|XDG_)/.test(name));
  const { name, email, date } = identity;
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
    LC_ALL: "C.UTF-8",
  };
}

/** A folder for one test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-git-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Stock git in a folder: gives what it prints; throws with its own words when it fails. */
export class StockGit {
  readonly env: NodeJS.ProcessEnv;

  constructor(readonly folder: string) {
    this.env = gitEnvironment(folder);
  }

  /** Makes an empty repository in a fresh folder. */
  static init(): StockGit {
    const git = new StockGit(freshFolder());
    git.run(["init", "--quiet", "--initial-branch=main"]);
    return git;
  }

  /** Makes an empty bare repository, in a fresh folder unless one is given, strict about what it takes; without running git, as many tests begin so. */
  static bare(folder = freshFolder()): StockGit {
    const git = new StockGit(folder);
    for (const name of ["objects/info", "objects/pack", "refs/heads", "refs/tags"])
      mkdirSync(join(folder, name), { recursive: true });
    git.write("HEAD", "ref: refs/heads/main\n");
    git.write(
      "config",
      "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[receive]\n\tfsckObjects = true\n[http]\n\treceivepack = true\n",
    );
    return git;
  }

  /** Makes an empty repository for more than one test, and gives what removes it. */
  static lasting(): [StockGit, () => void] {
    const folder = mkdtempSync(join(tmpdir(), "sheaf-git-"));
    const git = new StockGit(folder);
    git.run(["init", "--quiet", "--initial-branch=main"]);
    return [git, () => rmSync(folder, { recursive: true, force: true })];
  }

  /** Writes a file of the work tree. */
  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Puts a hook into a bare repository, as a shell script. */
  hook(name: "pre-receive" | "update" | "post-receive", script: string): void {
    this.write(`hooks/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.folder, "hooks", name), 0o755);
  }

  bytes(args: readonly string[], input?: Uint8Array | string): Uint8Array {
    const options = { cwd: this.folder, env: this.env, maxBuffer: 2 ** 30, ...(input !== undefined && { input }) };
    return new Uint8Array(execFileSync("git", args, { ...options, stdio: ["pipe", "pipe", "pipe"] }));
  }

  run(args: readonly string[], input?: Uint8Array | string): string {
    return Buffer.from(this.bytes(args, input)).toString().trim();
  }
}
