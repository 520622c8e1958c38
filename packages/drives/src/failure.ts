/** What the file system says no with, in a sentence that helps. */
import { SheafError } from "@sheaf/core";

const sentences: Record<string, string> = {
  ENOSPC: "no space is left on the disk; free some and try again",
  EDQUOT: "the disk quota is used up; free some space and try again",
  EACCES: "permission is denied; check who owns the folder",
  EPERM: "the operation is not permitted; check who owns the folder",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an input or output error; check the disk",
  EMFILE: "too many files are open in this process; raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine",
  ENOTDIR: "a file stands where a folder is needed",
  EISDIR: "a folder stands where a file is needed",
  ENAMETOOLONG: "the path is too long for this file system; move the repository nearer to the root",
};

/** The code of a file system's error, or an empty text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Makes drive-failed of what the file system threw; errors that are Sheaf's own, or not of the file system, stay as they are. */
export function driveFailed(name: string, path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof SheafError || code === "") return error;
  const reason = sentences[code] ?? (error as Error).message;
  return new SheafError("drive-failed", { name, reason }, `${path}: ${reason}`, { cause: error });
}

/** The refusal of a file system without hard links, on which no name can be taken by one of many at once. */
export function noLinks(name: string, path: string, cause: unknown): SheafError<"drive-failed"> {
  const reason =
    "this file system has no hard links, which Sheaf needs to create a file whole; keep the repository on another";
  return new SheafError("drive-failed", { name, reason }, `${path}: ${reason}`, { cause });
}
