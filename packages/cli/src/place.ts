/** What a URL of a repository means on this machine: which kind of other side it is, and where. Looks at the disk, connects to nothing. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { badInput, SheafError } from "@sheaf/core";

/** The folder inside a repository's folder in which the drive lies. */
export const driveFolder = ".sheaf";

/** Where another repository is. `folder` is the one that holds `.sheaf`; `url` of git is a path, a URL, or `host:path`. */
export type Place =
  | { readonly kind: "sheaf"; readonly folder: string }
  | { readonly kind: "git"; readonly url: string }
  | { readonly kind: "bucket"; readonly url: string }
  | { readonly kind: "bundle"; readonly file: string };

const gitSchemes = new Set(["http:", "https:", "ssh:", "git:", "git+ssh:", "ssh+git:"]);

/**
 * Finds out what a URL means: `s3://…` a bucket; `https://…`, `ssh://…` and `host:path` a git host; a path, or `file://…`, what lies there: a folder with
 * `.sheaf`, a git repository, a bundle of ours (`.car`) or of git's (`.bundle`, which need not be there yet).
 *
 * @param base  the folder that relative paths begin at
 * Throws no-such-repository for a path where nothing of the kind is, bad-input for a scheme that nobody knows.
 */
export function placeOf(url: string, base: string): Place {
  const scheme = /^([a-z][a-z0-9+.-]+:)\/\//i.exec(url)?.[1].toLowerCase();
  if (scheme === "s3:") return { kind: "bucket", url };
  if (scheme !== undefined && gitSchemes.has(scheme)) return { kind: "git", url };
  if (scheme === "file:") return localPlace(pathOf(url), url);
  if (scheme !== undefined)
    throw badInput(
      `${url}: there is no way to reach ${scheme}//; use a folder, s3://, https://, ssh:// or user@host:path`,
    );
  return isPath(url, base) ? localPlace(resolve(base, url), url) : { kind: "git", url };
}

/** Says whether this is a path, and neither a URL nor `host:path`. */
export function isPath(url: string, base = "."): boolean {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return false;
  const looksRemote = /^[^/\\]+:/.test(url) && !/^[a-z]:[\\/]/i.test(url);
  return !looksRemote || existsSync(resolve(base, url));
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw badInput(`${url} is not the URL of a file on this machine`);
  }
}

function localPlace(path: string, url: string): Place {
  if (existsSync(join(path, driveFolder))) return { kind: "sheaf", folder: path };
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === false && /\.(?:car|bundle)$/i.test(path))
    return beginsWith(path, gitBundle) ? { kind: "git", url: path } : { kind: "bundle", file: path };
  // A bundle of git's is made by the push to it.
  if (isFolder === undefined && /\.bundle$/i.test(path)) return { kind: "git", url: path };
  const isGit = existsSync(join(path, ".git")) || (existsSync(join(path, "HEAD")) && existsSync(join(path, "objects")));
  if (isFolder && isGit) return { kind: "git", url: path };
  throw new SheafError(
    "no-such-repository",
    { path },
    `${url}: there is no Sheaf repository, git repository or bundle${isFolder === undefined ? ": nothing is there" : " there"}`,
  );
}

/** How git's bundles begin. */
const gitBundle = "# v";

function beginsWith(file: string, text: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(text.length);
    return readSync(descriptor, bytes, 0, bytes.length, 0) === bytes.length && bytes.toString("latin1") === text;
  } finally {
    closeSync(descriptor);
  }
}

/** The folder that a clone goes to: the last part of the URL, without `.git` and the like; a server's name where there is nothing else. */
export function folderNameOf(url: string): string {
  const host = /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)(?::\d+)?\/*$/i.exec(url)?.[1];
  if (host !== undefined) return host;
  const path = url
    .replace(/[?#].*$/s, "")
    .replace(/[/\\]+$/, "")
    .replace(/[/\\]\.git$/, "");
  const name = basename(path.replace(/^.*:(?!\/\/)/s, "").replaceAll("\\", "/")).replace(
    /\.(?:git|bundle|car|sheaf)$/i,
    "",
  );
  if (name === "" || name === "." || name === "..")
    throw badInput(`no folder can be named after ${url}; name one, as in sheaf clone ${url} data`);
  return name;
}
