/** The options of every command that makes a commit, and what such a command prints. */
import type { Committed, Value } from "@sheaf/core";
import type { Cli } from "./cli.js";
import { Option, type Command } from "./parse.js";
import { record } from "./record.js";
import { shortCid } from "./render/quantity.js";
import { UsageError } from "./usage.js";

/** Which of the options a command takes besides the message and who made it. */
export interface FlagChoice {
  readonly branch?: boolean;
  readonly base?: boolean;
  readonly allowEmpty?: boolean;
}

/** Declares the options. */
export function commitFlags(
  command: Command,
  { branch = true, base = false, allowEmpty = false }: FlagChoice = {},
): Command {
  command.option("-m, --message <text>", "message of the commit");
  if (branch) command.option("--branch <name>", "the branch that moves (default: the current one)");
  if (base)
    command.option("--base <rev>", "the version that the change was made on; refused if the dataset changed since");
  if (allowEmpty) command.option("--allow-empty", "make a commit even when nothing changes");
  command.addOption(new Option("--author <who>", 'who made the change, as "Name <e-mail>"').argParser(parseAuthor));
  return command.addOption(
    new Option(
      "--date <when>",
      "when: an ISO 8601 time, or seconds since 1970 and a zone as git writes them",
    ).argParser(parseDate),
  );
}

/** Reads `Name <e-mail>`. */
export function parseAuthor(text: string): { name: string; email: string } {
  const match = /^\s*([^<>]*?)\s*<([^<>]*)>\s*$/.exec(text);
  if (match === null) throw new UsageError(`--author ${JSON.stringify(text)} is not of the form "Name <e-mail>"`);
  return { name: match[1], email: match[2].trim() };
}

/** Reads `2024-03-01T12:00:00+01:00`, or `1709290800 +0100` as git writes it. A time without a zone is in this machine's. */
export function parseDate(text: string): { time: number; zone: number } {
  const git = /^@?(\d{1,12})(?: ([+-])(\d\d)(\d\d))?$/.exec(text.trim());
  if (git !== null) return { time: Number(git[1]), zone: zoneOf(git[2], git[3], git[4]) };
  const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(Z|([+-])(\d\d):?(\d\d))?)?$/i.exec(text.trim());
  const time = iso === null ? Number.NaN : Date.parse(text.trim().replace(" ", "T").replace(/\s+/, ""));
  if (iso === null || Number.isNaN(time))
    throw new UsageError(
      `--date ${JSON.stringify(text)} is not a time; write 2024-03-01T12:00:00+01:00, or seconds since 1970`,
    );
  const zone = iso[1] === undefined ? -new Date(time).getTimezoneOffset() || 0 : zoneOf(iso[2], iso[3], iso[4]);
  return { time: Math.floor(time / 1000), zone };
}

function zoneOf(sign: string | undefined, hours = "0", minutes = "0"): number {
  const zone = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -zone || 0 : zone;
}

/** Tells what a command committed: `{"commit", …}`, or `main bafyreih2kx4mq7z: 2 added`. */
export async function tellCommit(
  cli: Cli,
  { commit, advanced }: Committed,
  words: string,
  more: { [name: string]: Value | undefined } = {},
): Promise<void> {
  if (cli.json) return void (await cli.line(record({ commit, ...more })));
  const short = cli.paint.yellow(shortCid(commit));
  await cli.line(
    advanced ? `${short} ${words}` : `${words || "nothing changed"}; no commit made, the head is ${short}`,
  );
}
