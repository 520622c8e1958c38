/** `sheaf push`. */
import { existsSync } from "node:fs";
import type { PushedRef, PushOptions, PushResult } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, Option, type Define } from "../parse.js";
import { isPath } from "../place.js";
import { record } from "../record.js";
import { noteLines, pushedLines, pushValue, trafficWords } from "../render/exchange.js";
import { visible } from "../render/paint.js";

interface Flags {
  force?: boolean;
  forceWithLease?: boolean | string[];
  delete?: boolean;
  setUpstream?: boolean;
  all?: boolean;
  tags?: boolean;
  environments?: boolean;
}

/** A ref was stale there; a ref was refused by the rules there. */
const staleExit = 4;
const refusedExit = 2;

export const define: Define = (command, cli) => {
  command
    .argument("[remote]", "a remote or a URL (default: the one that the current branch follows, else origin)")
    .argument(
      "[refs...]",
      "branches and tags, or source:destination; :destination deletes (default: the current branch)",
    )
    .option("-u, --set-upstream", "let the branch follow the one that it is pushed to")
    .option("--all", "push all branches")
    .option("--tags", "push all tags")
    .option("--environments", "push all environments")
    .option("-d, --delete", "delete the named branches and tags there")
    .option("-f, --force", "overwrite what is there, though it has commits that are not here")
    .addOption(
      new Option(
        "--force-with-lease [branch:commit]",
        "the same, if it still is what was last fetched, or the commit that is given",
      ).argParser((text: string, before: string[] | boolean | undefined) => [
        ...(Array.isArray(before) ? before : []),
        text,
      ]),
    )
    .addHelpText(
      "after",
      [
        "",
        "Only blocks that are missing there are sent, then the branches move, each by compare-and-swap. A branch that has commits there which are",
        'not here is not overwritten: the command ends with 4, and sheaf pull takes them in. With --json: {"remote", "url", "refs": [{"remote", "ref",',
        '"outcome", "before", "after", "reason", "message"}], "notes", "traffic"}; outcomes are new, updated, forced, deleted, unchanged, rejected; reasons',
        "stale, exists, refused; notes are those of versions that vendors' faces wrote, and are told as refs are.",
      ].join("\n"),
    );
  examples(
    command,
    ["sheaf push -u origin main", "Send main for the first time, and follow it from then on"],
    ["sheaf push origin main v1", "Send a branch and a tag"],
    ["sheaf push --force-with-lease", "Overwrite what was rewritten, unless somebody else pushed"],
  );
  command.action((remote: string | undefined, refs: string[], flags: Flags) => act(cli, remote, refs, flags));
};

async function act(cli: Cli, remote: string | undefined, refs: readonly string[], flags: Flags): Promise<void> {
  const { forceWithLease, ...rest } = flags;
  const options: PushOptions = { ...cli.watch(), ...rest, ...leaseOf(forceWithLease), partial: true };
  const result = await (await cli.repository()).push(remote, refs.length === 0 ? undefined : refs, options);
  await tell(cli, result);
  cli.exitCode = exitOf(result.refs);
}

/** Reads `branch:commit`, `branch` alone, or nothing at all. */
function leaseOf(flag: Flags["forceWithLease"]): Pick<PushOptions, "forceWithLease"> {
  if (flag === undefined || flag === false) return {};
  if (flag === true) return { forceWithLease: true };
  const lease = flag.map(text => {
    const at = text.lastIndexOf(":");
    return at < 0 ? ([text, ""] as const) : ([text.slice(0, at), text.slice(at + 1) || null] as const);
  });
  return { forceWithLease: Object.fromEntries(lease) };
}

async function tell(cli: Cli, result: PushResult): Promise<void> {
  if (cli.json) return void (await cli.line(record(pushValue(result))));
  for (const line of pushedLines(result, cli.paint)) await cli.line(line);
  for (const line of noteLines(result, "went")) cli.say(line);
  const isSame = result.notes.length === 0 && result.refs.every(({ outcome }) => outcome === "unchanged");
  if (isSame) return cli.say(`everything up to date at ${result.url}`);
  if (result.refs.some(({ outcome }) => outcome !== "rejected"))
    cli.say(`pushed to ${result.url}: ${trafficWords(result.traffic)}`);
  await hintAtHead(cli, result);
}

/** Tells who pushed to a git repository on this machine that a clone by git would show no files, as after a push of main to one made for master. */
async function hintAtHead(cli: Cli, { url, refs }: PushResult): Promise<void> {
  const pushed = refs.find(({ remote, after }) => remote.startsWith("refs/heads/") && after !== null);
  if (!pushed || !isPath(url) || !existsSync(url)) return;
  const { unbornHead } = await import("../unborn-head.js");
  const head = unbornHead(url);
  if (head === undefined) return;
  const place = `git -C ${quoted(url)} symbolic-ref HEAD ${quoted(pushed.remote)}`;
  cli.say(
    `HEAD there names the branch ${visible(head)}, which is not there: git clone would show no files; ${place} makes it name what was pushed`,
  );
}

function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function exitOf(refs: readonly PushedRef[]): number {
  if (refs.some(({ reason }) => reason === "stale")) return staleExit;
  return refs.some(({ outcome }) => outcome === "rejected") ? refusedExit : 0;
}
