/** Names of logs: which ones are allowed, and how they are written at rest so that every file system keeps them apart. */
import { badInput, SheafError } from "../errors.js";
import { fromUtf8, isWellFormed, utf8 } from "../text.js";

/** Bytes of a name in UTF-8. */
const maxNameBytes = 1024;
/** A segment on a drive has at most 200 bytes; five are left for the mark that it goes on and the two characters that may be escaped last. */
const maxSegment = 195;
/** Ends a segment that goes on in the next one. Elsewhere two hex digits follow a percent sign. */
const goesOn = "%";
const refPrefix = "refs/";
/** Logs that are not refs stand below this folder at rest. */
const otherPrefix = "logs/";

/** What git does not take inside a name: control characters, space and the characters of its revision language. */
// oxlint-disable-next-line no-control-regex
const forbidden = /[\0-\x20\x7f~^:?*[\\]/;
/** Names that Windows keeps for devices, with any ending. */
const device = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=$|\.)/;

/** Says what is wrong with the name of a log; `undefined` when nothing is. For names below `refs/` this is `git check-ref-format`. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  if (!isWellFormed(name)) return "holds half a character";
  if (utf8(name).length > maxNameBytes) return `is longer than ${maxNameBytes} bytes`;
  if (name === "@") return 'is "@" alone';
  if (name.startsWith("/") || name.endsWith("/") || name.includes("//")) return "has an empty part between slashes";
  if (name.endsWith(".")) return "ends with a dot";
  if (name.includes("..")) return "holds two dots in a row";
  if (name.includes("@{")) return 'holds "@{"';
  const bad = forbidden.exec(name);
  if (bad) return `holds ${JSON.stringify(bad[0])}, which git does not allow`;
  for (const part of name.split("/")) {
    if (part.startsWith(".")) return "has a part that begins with a dot";
    if (part.endsWith(".lock")) return 'has a part that ends with ".lock"';
  }
  return name === "refs" ? "is a folder of refs" : undefined;
}

/** Throws bad-input unless the name can be that of a log. */
export function checkLogName(name: string): void {
  const fault = nameFault(name);
  if (fault !== undefined)
    throw badInput(`${JSON.stringify(name)} cannot be the name of a ref: it ${fault}; choose another`);
}

/** Writes a name for a drive: lower case, ASCII, no name of a device, no segment too long. {@link decodeLogName} reads it back. */
export function encodeLogName(name: string): string {
  const path = name.split("/").map(encodePart).join("/");
  return name.startsWith(refPrefix) ? path : otherPrefix + path;
}

/** Writes the folders that every name with this prefix stands in, with the slash. */
export function encodePrefix(prefix: string): string {
  const folders = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folders === "") return "";
  return encodeLogName(folders.slice(0, -1) + "/x").slice(0, -1);
}

/** Reads a name that {@link encodeLogName} wrote; `undefined` for anything else. */
export function decodeLogName(path: string): string | undefined {
  const isOther = path.startsWith(otherPrefix);
  const name = decodeText((isOther ? path.slice(otherPrefix.length) : path).replaceAll(`${goesOn}/`, ""));
  return name !== undefined && encodeLogName(name) === path ? name : undefined;
}

function encodePart(part: string): string {
  const segments = [""];
  for (const byte of utf8(part)) {
    const token = isPlain(byte) ? String.fromCharCode(byte) : escape(byte);
    const last = segments.length - 1;
    const isFull = segments[last].length + token.length > maxSegment;
    if (isFull) segments[last] += goesOn;
    if (isFull) segments.push(token === "." ? escape(byte) : token);
    else segments[last] += token;
  }
  return segments.map(harmless).join("/");
}

/** Escapes the first character of a device's name, and a dot at the end, which Windows drops. */
function harmless(segment: string): string {
  const safe = device.test(segment) ? escape(segment.charCodeAt(0)) + segment.slice(1) : segment;
  return safe.endsWith(".") ? `${safe.slice(0, -1)}%2e` : safe;
}

function isPlain(byte: number): boolean {
  const isLetter = byte >= 0x61 && byte <= 0x7a;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isLetter || isDigit || byte === 0x2d || byte === 0x2e || byte === 0x5f;
}

function escape(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

function decodeText(text: string): string | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const isEscape = text[i] === "%";
    bytes.push(isEscape ? Number.parseInt(text.slice(i + 1, i + 3), 16) : text.charCodeAt(i));
    if (isEscape) i += 2;
  }
  try {
    return fromUtf8(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** Paths that are kept. */
const mostPaths = 1024;

/** Paths of names that were asked for lately: to check and encode one costs as much as to look whether its log moved. */
export class LogPaths {
  readonly #known = new Map<string, string>();

  /** Where the log of this name rests. Throws bad-input for what cannot be a name. */
  of(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    checkLogName(name);
    const path = encodeLogName(name);
    if (this.#known.size >= mostPaths) this.#known.clear();
    this.#known.set(name, path);
    return path;
  }
}

/** The error for a ref that cannot be made beside another one. */
export function isFolder(other: string, name: string): SheafError<"already-exists"> {
  return new SheafError(
    "already-exists",
    { kind: "ref", name: other },
    `${name} cannot be made while ${other} exists: one would be a folder of the other; choose another name`,
  );
}
