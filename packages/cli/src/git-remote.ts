/** A git repository as a remote. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Drive, Local, Remote } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { openNodeGitRemote, type HttpRequests } from "@sheaf/git/node";

/** Opens a git repository. All of it is put together in a temporary folder where only a part is wanted. */
export function openGit(
  url: string,
  local: Local,
  env: Readonly<Record<string, string | undefined>>,
  hint: (text: string) => void,
  http: HttpRequests | undefined,
): Remote {
  const mayAsk = process.stdin.isTTY;
  return openNodeGitRemote(url, local, { environment: env, mayAsk, openDrive: lendFolder, hint, http });
}

/** Lends a drive in a temporary folder, which goes when it is given back or the process ends in order. */
export function lendFolder(): { drive: Drive; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-"));
  const drive = FolderDrive.open(folder);
  const close = () => {
    process.off("exit", close);
    drive.close();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", close);
  return { drive, close };
}
