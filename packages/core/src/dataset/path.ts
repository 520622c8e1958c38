/** The names of things in a dataset: its path in the repository, and the ids of its rows. */
import { badInput } from "../errors.js";
import { isWellFormed, utf8 } from "../text.js";

/** Longest dataset path, in bytes of UTF-8. */
export const maxPathBytes = 1024;
/** Longest row id, in bytes of UTF-8. */
export const maxIdBytes = 512;

/** Refuses what is not a dataset path: 1 to 1,024 bytes of UTF-8 in non-empty segments, none `.` or `..`, without NUL. */
export function checkPath(path: string): void {
  const reason = pathFault(path);
  if (reason !== undefined) throw badInput(`${JSON.stringify(shortened(path))} is not a dataset path: ${reason}`);
}

/** As much of a name as a sentence takes. */
function shortened(name: string): string {
  return name.length <= maxPathBytes ? name : `${name.slice(0, 100)}…`;
}

function pathFault(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (!isWellFormed(path)) return "it holds half a character (a lone surrogate)";
  if (path.includes("\0")) return "it holds a NUL character";
  if (utf8(path).length > maxPathBytes) return `it is longer than ${maxPathBytes} bytes`;
  const segments = path.split("/");
  if (segments.includes("")) return "it has an empty segment (a / at an end, or two in a row)";
  if (segments.includes(".") || segments.includes("..")) return "a segment is . or ..";
  return undefined;
}

/** What is wrong with a row id, or `undefined` when it is one: any non-empty text up to 512 bytes but `-`. */
export function idFault(id: string): string | undefined {
  if (id === "") return "an id cannot be empty";
  if (id === "-") return "an id cannot be -, which means append in a patch";
  if (!isWellFormed(id)) return "the id holds half a character (a lone surrogate)";
  if (id.length > maxIdBytes / 3 && utf8(id).length > maxIdBytes) return `the id is longer than ${maxIdBytes} bytes`;
  return undefined;
}
