/** The commands that run git's programs: here, and behind ssh as git itself would call it. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Service } from "../transport/connection.js";
import type { GitUrl } from "../transport/url.js";
import type { Command } from "./pipes.js";

/** The command for a repository on this machine: a path that no program takes for an option. */
export function localCommand(path: string, service: Service): Command {
  return { program: "git", args: [service.replace("git-", ""), resolve(path)] };
}

/**
 * The command for a repository behind ssh: GIT_SSH_COMMAND or the setting core.sshCommand, both taken apart by the shell, else GIT_SSH, else `ssh`.
 *
 * The host is checked before (`url.ts`); the path is quoted for the shell on the other side.
 */
export async function sshCommand(
  { host, port, path }: Extract<GitUrl, { kind: "ssh" }>,
  service: Service,
  environment: NodeJS.ProcessEnv,
): Promise<Command> {
  const bracketless = host.replace(/\[([^\]]*)\]/, "$1");
  const args = [...(port === undefined ? [] : ["-p", port]), bracketless, `${service} ${quote(path)}`];
  const line = environment["GIT_SSH_COMMAND"] ?? (await configured(environment));
  if (line !== undefined && line !== "") return { program: "sh", args: ["-c", `${line} "$@"`, line, ...args] };
  return { program: environment["GIT_SSH"] ?? "ssh", args };
}

/** Quotes for a POSIX shell; `!` too, which some treat apart. */
export function quote(text: string): string {
  return `'${text.replace(/['!]/g, character => `'\\${character}'`)}'`;
}

async function configured(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "--get", "core.sshCommand"], { env: environment });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
