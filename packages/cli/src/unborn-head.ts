/** The branch that a git repository on this machine says to check out. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The branch that HEAD names and that is not there, so that a clone by git shows no files; `undefined` when all is well or cannot be told. */
export function unbornHead(path: string): string | undefined {
  const folder = existsSync(join(path, ".git", "HEAD")) ? join(path, ".git") : path;
  const ref = /^ref: (refs\/heads\/.+)$/m.exec(textOf(join(folder, "HEAD")))?.[1];
  if (ref === undefined || existsSync(join(folder, ref))) return undefined;
  const isPacked = textOf(join(folder, "packed-refs"))
    .split("\n")
    .some(line => line.endsWith(` ${ref}`));
  return isPacked ? undefined : ref.slice("refs/heads/".length);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
