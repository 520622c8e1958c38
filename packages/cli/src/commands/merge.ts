/** `sheaf merge`. */
import type { Conflict, MergeOptions, MergeResult } from "@sheaf/core";
import type { Cli, CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { foundExit } from "../failure.js";
import { examples, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { conflictLines, conflictValue } from "../render/conflict.js";
import { counted } from "../render/quantity.js";
import { UsageError } from "../usage.js";

interface Flags extends CommitFlags {
  into?: string;
  ours?: boolean;
  theirs?: boolean;
  ff: boolean;
  continue?: boolean;
  abort?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[rev]", "what to merge: a branch, tag or commit")
    .option("--into <branch>", "the branch that receives it (default: the current one)")
    .addOption(
      new Option("--ours", "where both sides changed one thing, keep the receiving branch's").conflicts(["theirs"]),
    )
    .addOption(new Option("--theirs", "where both sides changed one thing, take the other's").conflicts(["ours"]))
    .option("--no-ff", "make a merge commit even where the branch could just move forward")
    .addOption(new Option("--continue", "make the commit, now that every conflict is resolved").conflicts(["abort"]))
    .addOption(new Option("--abort", "give the merge up").conflicts(["continue"]))
    .addHelpText(
      "after",
      '\nRows are merged field by field. Where both sides changed one field in two ways there is a conflict: nothing moves, the conflicts are\nkept (see sheaf conflicts, sheaf resolve), and the command ends with 1. With --json it prints {"commit"}, or\n{"conflicts": [{"dataset", "id", "pointer", "base", "ours", "theirs"}]}; a side that does not have the value is left out.',
    );
  commitFlags(command, { branch: false });
  examples(
    command,
    ["sheaf merge fix", "Merge the branch fix into the current one"],
    ['sheaf merge --continue -m "merge fix"', "Finish it after sheaf resolve"],
  );
  command.action((rev: string | undefined, flags: Flags) => act(cli, rev, flags));
};

async function act(cli: Cli, rev: string | undefined, flags: Flags): Promise<void> {
  const repository = await cli.repository();
  if ((flags.abort || flags.continue) && rev !== undefined)
    throw new UsageError("--continue and --abort are about the merge under way and take no revision");
  const branch = flags.into === undefined ? {} : { branch: flags.into };
  if (flags.abort) {
    await repository.abortMerge(flags.into);
    return void (await cli.line(cli.json ? record({ aborted: true }) : "the merge is given up; nothing was changed"));
  }
  if (flags.continue)
    return await tellCommit(cli, await repository.finishMerge({ ...cli.commit(flags), ...branch }), "merged");
  if (rev === undefined) throw new UsageError("say what to merge, such as sheaf merge fix; see sheaf merge --help");
  await tellMerge(cli, await repository.merge(rev, options(cli, flags)), `merged ${rev}`);
}

function options(cli: Cli, { into, ours, theirs, ff, ...flags }: Flags): MergeOptions {
  const side = ours ? "ours" : theirs ? "theirs" : undefined;
  return {
    ...cli.commit(flags),
    ...(into === undefined ? {} : { into }),
    ...(side === undefined ? {} : { resolve: () => side }),
    ...(ff ? {} : { noFastForward: true }),
  };
}

/** Tells what became of a merge, a revert or a cherry-pick, with the words for when it was nothing; conflicts end with 1. */
export async function tellMerge(
  cli: Cli,
  result: MergeResult,
  words: string,
  idle = "nothing to merge",
): Promise<void> {
  if ("conflicts" in result) return await tellConflicts(cli, result.conflicts);
  const how = result.fastForward ? `${words}: moved forward to it` : words;
  await tellCommit(cli, result, result.advanced ? how : idle);
}

async function tellConflicts(cli: Cli, conflicts: readonly Conflict[]): Promise<void> {
  cli.exitCode = foundExit;
  if (cli.json) return void (await cli.line(record({ conflicts: conflicts.map(conflictValue) })));
  for (const conflict of conflicts) for (const line of conflictLines(conflict, cli.paint)) await cli.line(line);
  cli.say(
    `${counted(conflicts.length, "conflict")}; decide with sheaf resolve, then sheaf merge --continue; or give up with sheaf merge --abort`,
  );
}
