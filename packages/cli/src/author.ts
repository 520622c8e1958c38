/** Who makes the commits of this run, and in which zone. */
import { hostname, userInfo } from "node:os";
import type { Person, Repository } from "@sheaf/core";

export interface AuthorSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder whose git configuration counts. */
  readonly folder: string;
  /** Told once when nobody said who they are. */
  readonly hint: (text: string) => void;
}

/**
 * Finds the author: `SHEAF_AUTHOR_NAME` and `SHEAF_AUTHOR_EMAIL`, then `user.name` and `user.email` of the repository, then git's own environment and
 * configuration, then the user of this machine. Name and e-mail are looked up apart.
 */
export async function findAuthor(config: Repository["config"] | undefined, sources: AuthorSources): Promise<Person> {
  const { env } = sources;
  let name = env["SHEAF_AUTHOR_NAME"] || text(await config?.get("user.name")) || env["GIT_AUTHOR_NAME"];
  let email = env["SHEAF_AUTHOR_EMAIL"] || text(await config?.get("user.email")) || env["GIT_AUTHOR_EMAIL"];
  if (name && email) return { name, email };
  const git = await gitPerson(sources);
  name ||= git.name;
  email ||= git.email;
  if (name && email) return { name, email };
  const user = systemUser();
  const person = { name: name || user, email: email || `${user}@${hostname() || "localhost"}` };
  sources.hint(
    `hint: commits are made by ${person.name} <${person.email}>; say who you are with: sheaf config user.name "…" and sheaf config user.email …`,
  );
  return person;
}

/** Minutes east of UTC, now. */
export function zone(): number {
  return -new Date().getTimezoneOffset() || 0;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function gitPerson({ env, folder }: AuthorSources): Promise<Partial<Person>> {
  const { spawnSync } = await import("node:child_process");
  const options = {
    cwd: folder,
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
    timeout: 5000,
    windowsHide: true,
  } as const;
  const { stdout, status } = spawnSync("git", ["config", "--null", "--get-regexp", "^user\\.(name|email)$"], options);
  const found: { name?: string; email?: string } = {};
  for (const entry of status === 0 ? stdout.split("\0") : []) {
    const end = entry.indexOf("\n");
    const value = entry.slice(end + 1).trim();
    if (end < 0 || value === "") continue;
    if (entry.slice(0, end) === "user.name") found.name = value;
    else found.email = value;
  }
  return found;
}

function systemUser(): string {
  try {
    return userInfo().username || "someone";
  } catch {
    return "someone"; // a user without an entry in the system's list, as in some containers
  }
}
