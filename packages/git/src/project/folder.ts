/**
 * The folder that a dataset lies in: its path, with whatever git, a file system or the projection itself would trip over escaped. And back.
 *
 * An escaped byte is `%` and two lower-case hex digits. Escaping is exact both ways; which of two spellings a segment has depends on its siblings.
 */
import { fromUtf8, utf8 } from "@sheaf/core";

/** Longest name of a folder, in bytes; what is longer goes on in a folder below. */
const maxNameBytes = 200;
/** Bytes of a long segment in each of its folders, beside the two marks. */
const partBytes = maxNameBytes - 2;
/** Ends a name that goes on in the folder below, whose name it begins with. */
const goesOn = "%";
const goneOn = "_";

// oxlint-disable-next-line no-control-regex
const unsafe = /[\0-\x1f\x7f\\:*?"<>|%]/;
const plain = /[a-z0-9._-]/;
const reserved = /^(?:rows|dataset\.json|sheaf\.json|git~[0-9])$/i;
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;
/** Characters that some file systems leave out when they compare names. */
const ignored = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** The form in which names are compared that must stay apart where case and composition do not count. */
export function foldName(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}

/** The folder of each of these datasets, by path. All datasets of a snapshot must be given: siblings that differ by case only are told apart. */
export function foldersOf(paths: Iterable<string>): Map<string, string> {
  const list = [...paths];
  const siblings = new Map<string, Map<string, Set<string>>>();
  for (const path of list) for (const { parent, segment } of segmentsOf(path)) place(siblings, parent, segment);
  return new Map(
    list.map(path => [
      path,
      segmentsOf(path)
        .map(({ parent, segment }) => {
          const fold = foldName(segment);
          const equal = siblings.get(parent)?.get(fold)?.size ?? 1;
          return escapeSegment(segment, equal > 1 && segment !== fold);
        })
        .join("/"),
    ]),
  );
}

function segmentsOf(path: string): { parent: string; segment: string }[] {
  const segments = path.split("/");
  return segments.map((segment, i) => ({ parent: segments.slice(0, i).join("/"), segment }));
}

function place(siblings: Map<string, Map<string, Set<string>>>, parent: string, segment: string): void {
  const known = siblings.get(parent) ?? new Map<string, Set<string>>();
  const fold = foldName(segment);
  siblings.set(parent, known.set(fold, (known.get(fold) ?? new Set()).add(segment)));
}

/**
 * Writes one segment of a dataset's path as the name of a folder, or of several, divided by `/`, when it is long.
 *
 * @param strictly  escapes every byte but `a-z 0-9 . _ -`, for one of siblings that differ by case only
 */
export function escapeSegment(segment: string, strictly = false): string {
  const name = escapeCharacters(segment, strictly);
  if (utf8(name).length <= maxNameBytes) return name;
  const parts = [""];
  for (const [token] of escapeCharacters(segment, true).matchAll(/%..|./gs)) {
    const last = parts.length - 1;
    if (parts[last].length + token.length > partBytes) parts.push(token);
    else parts[last] += token;
  }
  return parts.join(`${goesOn}/${goneOn}`);
}

function escapeCharacters(segment: string, strictly: boolean): string {
  const characters = Array.from(segment);
  const last = characters.length - 1;
  const hides = segment.replace(ignored, "").startsWith(".");
  const dot = hides ? characters.indexOf(".") : -1;
  const first = reserved.test(segment) || device.test(segment) ? 0 : -1;
  return characters
    .map((character, i) => {
      const ends = i === last && (character === "." || character === " ");
      const mustEscape = strictly ? !plain.test(character) : unsafe.test(character);
      return mustEscape || ends || i === dot || i === first ? escapeBytes(character) : character;
    })
    .join("");
}

function escapeBytes(text: string): string {
  return Array.from(utf8(text), byte => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** The path that a folder stands for. What no escaping gives stands for itself, so every folder has a path; `foldersOf` says whether it is written so. */
export function pathOfFolder(folder: string): string {
  const names = folder.split("/");
  const segments: string[] = [];
  for (let at = 0; at < names.length;) {
    const length = lengthOfRun(names, at);
    const segment = readSegment(names.slice(at, at + length));
    segments.push(segment ?? names[at]);
    at += segment === undefined ? 1 : length;
  }
  return segments.join("/");
}

/** How many names belong to the segment that begins here. */
function lengthOfRun(names: readonly string[], from: number): number {
  let end = from + 1;
  while (end < names.length && names[end - 1].endsWith(goesOn) && names[end].startsWith(goneOn)) end++;
  return end - from;
}

function readSegment(names: readonly string[]): string | undefined {
  const written = names.join("/");
  const segment = decodeName(written.replaceAll(`${goesOn}/${goneOn}`, ""));
  if (segment === undefined || segment === "" || segment === "." || segment === ".." || /[/\0]/.test(segment))
    return undefined;
  return escapeSegment(segment) === written || escapeSegment(segment, true) === written ? segment : undefined;
}

function decodeName(name: string): string | undefined {
  const bytes = Array.from(name.matchAll(/%[0-9a-f]{2}|[^%]+|%/g), ([token]) =>
    /^%../.test(token) ? [Number.parseInt(token.slice(1), 16)] : [...utf8(token)],
  ).flat();
  try {
    return fromUtf8(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
