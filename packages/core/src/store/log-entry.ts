/** One entry of a log: what a ref was moved to, when, by whom and by which command. One frozen file each. */
import stringify from "json-stable-stringify";
import type { Cid } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { fromUtf8, utf8 } from "../text.js";

export interface LogEntry {
  /** Entries are numbered downwards, so that the newest is listed first. */
  readonly number: number;
  /** For a ref the CID of a commit or tag; text of any kind for other logs. `null`: deleted. */
  readonly value: string | null;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Minutes east of UTC where the writer was. */
  readonly zone: number;
  readonly who: { readonly name: string; readonly email: string };
  /** What was done, as typed. */
  readonly command: string;
  /** Tells this entry from a rival's that says the same. */
  readonly nonce: string;
  /** Blocks that the entry needs beside its value: gc keeps them. */
  readonly roots: readonly Cid[];
}

/** The number of a log's first entry. */
export const firstNumber = 99_999_999;
const digits = 8;

/** The how-manieth entry of its log it is, from 1 upwards. */
export function serialOf({ number }: LogEntry): number {
  return firstNumber - number + 1;
}

/** The file of an entry of the log at this path. */
export function entryName(path: string, number: number): string {
  return `${path}/~${String(number).padStart(digits, "0")}`;
}

/** The path and number that a file's name says; `undefined` when it is no entry. */
export function parseEntryName(name: string): { path: string; number: number } | undefined {
  const match = /^(.+)\/~(\d{8})$/.exec(name);
  return match ? { path: match[1], number: Number(match[2]) } : undefined;
}

/** Prints an entry: one line of JSON with its keys in order, one line with the sha2-256 of the first. */
export function printEntry(platform: Platform, entry: LogEntry): Uint8Array {
  const { command, nonce, roots, time, value, who, zone } = entry;
  const { email, name } = who;
  const json = String(
    stringify({
      command,
      email,
      name,
      nonce,
      roots: roots.length > 0 ? roots : undefined,
      time,
      value,
      zone,
    }),
  );
  return utf8(`${json}\n${checkOf(platform, json)}\n`);
}

/** Reads an entry; throws corrupt-block, naming the file, when it does not match its check. */
export function parseEntry(platform: Platform, file: string, number: number, bytes: Uint8Array): LogEntry {
  try {
    const [json, check, ...rest] = fromUtf8(bytes).split("\n");
    if (check !== checkOf(platform, json) || rest.join() !== "") throw new RangeError("it does not match its check");
    const { command, email, name, nonce, roots = [], time, value, zone } = JSON.parse(json) as Written;
    return { number, value, time, zone, who: { name, email }, command, nonce, roots };
  } catch (cause) {
    throw new SheafError(
      "corrupt-block",
      { cid: "", file },
      `${file} is damaged: it does not match its check; run sheaf verify, and restore it from a copy`,
      { cause },
    );
  }
}

type Written = Omit<LogEntry, "number" | "who" | "roots"> & { name: string; email: string; roots?: Cid[] };

function checkOf(platform: Platform, text: string): string {
  const digest = new Uint8Array(32);
  platform.digestInto(utf8(text), digest, 0);
  return Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("");
}
