/** `sheaf rebase`. */
import type { RebaseResult } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { foundExit } from "../failure.js";
import { examples, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { conflictLines, conflictValue } from "../render/conflict.js";
import { counted, shortCid } from "../render/quantity.js";
import { UsageError } from "../usage.js";

interface Flags {
  continue?: boolean;
  abort?: boolean;
  skip?: boolean;
  ours?: boolean;
  theirs?: boolean;
  message?: string;
}

export const define: Define = (command, cli) => {
  command
    .argument("[rev]", "what to put the commits on top of: a branch, tag or commit")
    .argument("[branch]", "the branch whose commits they are (default: the current one)")
    .addOption(new Option("--continue", "go on, now that every conflict is resolved").conflicts(["abort", "skip"]))
    .addOption(new Option("--skip", "go on without the commit that met conflicts").conflicts(["abort"]))
    .option("--abort", "give the rebase up; the branch stays as it was")
    .addOption(new Option("--ours", "in conflicts keep what the commits are put on top of").conflicts(["theirs"]))
    .option("--theirs", "in conflicts take what the commits bring")
    .option("-m, --message <text>", "with --continue: another message for the commit that waited")
    .addHelpText(
      "after",
      [
        "",
        "Each commit that only the branch has is made again by a three-way merge, with its author and message; merges are left out, and so is what brings",
        "nothing new. The branch moves once, at the end. A commit that meets conflicts waits (sheaf conflicts, sheaf resolve), and the command ends with 1.",
        'With --json: {"commit", "replayed", "dropped"}, or {"conflicts", "at", "left"}.',
      ].join("\n"),
    );
  examples(
    command,
    ["sheaf rebase origin/main", "Put own commits on top of what was fetched"],
    ["sheaf rebase --continue", "Go on after sheaf resolve"],
  );
  command.action((rev: string | undefined, branch: string | undefined, flags: Flags) => act(cli, rev, branch, flags));
};

async function act(cli: Cli, rev: string | undefined, branch: string | undefined, flags: Flags): Promise<void> {
  const repository = await cli.repository();
  const isGoingOn = flags.continue || flags.skip || flags.abort;
  if (isGoingOn && rev !== undefined)
    throw new UsageError("--continue, --skip and --abort are about the rebase under way and take no revision");
  if (flags.abort) {
    await repository.abortRebase();
    return void (await cli.line(cli.json ? record({ aborted: true }) : "the rebase is given up; nothing was changed"));
  }
  const message = flags.message === undefined ? {} : { message: flags.message };
  if (flags.continue) return await tellRebase(cli, await repository.continueRebase({ ...cli.watch(), ...message }));
  if (flags.skip) return await tellRebase(cli, await repository.skipRebase(cli.watch()));
  if (rev === undefined)
    throw new UsageError("say what to rebase onto, such as sheaf rebase main; see sheaf rebase --help");
  const side = flags.ours ? "ours" : flags.theirs ? ("theirs" as const) : undefined;
  const options = {
    ...cli.watch(),
    ...(branch === undefined ? {} : { branch }),
    ...(side === undefined ? {} : { resolve: () => side }),
  };
  await tellRebase(cli, await repository.rebase(rev, options), rev);
}

/** Tells what became of a rebase; conflicts end with 1. */
export async function tellRebase(cli: Cli, result: RebaseResult, onto?: string): Promise<void> {
  if ("conflicts" in result) return await tellConflicts(cli, result);
  const { commit, advanced, fastForward, replayed = 0, dropped = [] } = result;
  if (cli.json) return void (await cli.line(record({ commit, replayed, dropped: [...dropped] })));
  const short = cli.paint.yellow(shortCid(commit));
  const on = onto === undefined ? "" : ` on top of ${onto}`;
  if (!advanced) return void (await cli.line(`nothing to rebase; the head is ${short}`));
  if (fastForward) return void (await cli.line(`${short} moved forward${onto === undefined ? "" : ` to ${onto}`}`));
  const gone = dropped.length === 0 ? "" : `; ${counted(dropped.length, "commit")} left out`;
  await cli.line(`${short} ${counted(replayed, "commit")} made again${on}${gone}`);
}

async function tellConflicts(
  cli: Cli,
  { conflicts, at, left }: Extract<RebaseResult, { conflicts: unknown }>,
): Promise<void> {
  cli.exitCode = foundExit;
  if (cli.json) return void (await cli.line(record({ conflicts: conflicts.map(conflictValue), at, left })));
  for (const conflict of conflicts) for (const line of conflictLines(conflict, cli.paint)) await cli.line(line);
  const commit = at === undefined ? "" : ` in ${shortCid(at)}`;
  cli.say(
    `${counted(conflicts.length, "conflict")}${commit}; decide with sheaf resolve, then sheaf rebase --continue; or --skip it, or give up with --abort`,
  );
}
