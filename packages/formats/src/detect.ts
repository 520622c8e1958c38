/** Which format a file has: by its name, and by its first bytes where the name does not tell. */
import { badInput } from "@sheaf/core";
import { beginsGzip, inflateStart } from "./gzip.js";
import type { Format } from "./rows.js";
import { fileOf } from "./places.js";

const byExtension: Readonly<Record<string, Format>> = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
};

/** Bytes that {@link detect} should see, if there are as many: 64 KiB. */
export const detectBytes = 2 ** 16;

/**
 * Names the format of a file.
 *
 * `.jsonl`, `.ndjson`, `.csv`, `.tsv` say it themselves, `.gz` aside. `.json` may hold JSONL too: it does if a second value follows the first. Other names,
 * and none (standard input), go by content: `[` begins JSON, `{` JSONL if its line is a whole object and JSON else, anything else is TSV if its first line
 * has tabs and no commas, else CSV. Throws bad-input for what is known to be something else: Parquet, a zip file, UTF-16.
 *
 * @param firstBytes  the beginning of the file, {@link detectBytes} or all; may be gzip
 */
export function detect(fileName: string | undefined, firstBytes: Uint8Array): Format {
  const extension = fileName === undefined ? "" : extensionOf(fileName);
  const named = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
  if (named !== undefined) return named;
  const bytes = beginsGzip(firstBytes) ? inflateStart(firstBytes) : firstBytes;
  refuseForeign(bytes, fileName);
  const text = new TextDecoder().decode(bytes).trimStart();
  if (text.startsWith("{")) return isLines(text, extension === "json") ? "jsonl" : "json";
  if (extension === "json" || text.startsWith("[")) return "json";
  return looksTabbed(text) ? "tsv" : "csv";
}

function extensionOf(fileName: string): string {
  const name = fileName.toLowerCase().replace(/\.gz$/, "");
  return name.slice(name.lastIndexOf(".") + 1);
}

function refuseForeign(bytes: Uint8Array, fileName: string | undefined): void {
  const begins = (...start: number[]) => start.every((byte, i) => bytes[i] === byte);
  const kind = begins(0x50, 0x41, 0x52, 0x31)
    ? "Parquet"
    : begins(0x50, 0x4b, 3, 4)
      ? "a zip file (or an office document)"
      : begins(0xff, 0xfe) || begins(0xfe, 0xff)
        ? "UTF-16 text"
        : undefined;
  if (kind === undefined) return;
  throw badInput(`this is ${kind}; JSONL, JSON, CSV and TSV in UTF-8 can be read`, fileOf(fileName));
}

/** Says whether text that begins with `{` is JSON lines. One object alone is lines, unless the file's name says JSON. */
function isLines(text: string, namedJson: boolean): boolean {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  if (!isWhole(firstLine)) return !namedJson && firstLine.length === text.length && text.length >= detectBytes / 2;
  const rest = text.slice(firstLine.length).trimStart();
  return rest.length > 0 || !namedJson;
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function looksTabbed(text: string): boolean {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  return firstLine.includes("\t") && !firstLine.includes(",");
}
