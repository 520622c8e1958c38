/** `sheaf pull`. */
import type { PullOptions } from "@sheaf/core";
import type { Cli, CommitFlags } from "../cli.js";
import { commitFlags } from "../commit-flags.js";
import { examples, Option, type Define } from "../parse.js";
import { printFetched } from "./fetch.js";
import { tellMerge } from "./merge.js";
import { tellRebase } from "./rebase.js";

interface Flags extends CommitFlags {
  rebase?: boolean;
  ff: boolean;
  prune?: boolean;
  tags?: boolean;
  ours?: boolean;
  theirs?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[remote]", "a remote or a URL (default: the one that the current branch follows, else origin)")
    .argument("[name]", "the branch there (default: the one that the current branch follows)")
    .option("-r, --rebase", "put own commits on top of the other side's, instead of merging")
    .option("--no-ff", "make a merge commit even where the branch could just move forward")
    .addOption(new Option("--ours", "where both sides changed one thing, keep this branch's").conflicts(["theirs"]))
    .addOption(new Option("--theirs", "where both sides changed one thing, take the other's").conflicts(["ours"]))
    .option("-p, --prune", "remove the branches here that follow ones which are gone there")
    .option("--no-tags", "fetch no tags")
    .addHelpText(
      "after",
      "\nFetches, and merges field by field, as sheaf merge does. Conflicts are kept and the command ends with 1: see sheaf conflicts, sheaf resolve,\nthen sheaf merge --continue (or sheaf rebase --continue).",
    );
  commitFlags(command, { branch: false });
  examples(
    command,
    ["sheaf pull", "Take in what the others pushed"],
    ["sheaf pull --rebase origin main", "The same, with own commits on top"],
  );
  command.action((remote: string | undefined, branch: string | undefined, flags: Flags) =>
    act(cli, remote, branch, flags),
  );
};

async function act(cli: Cli, remote: string | undefined, branch: string | undefined, flags: Flags): Promise<void> {
  const { rebase, ff, prune, tags, ours, theirs, ...rest } = flags;
  const side = ours ? "ours" : theirs ? "theirs" : undefined;
  const options: PullOptions = {
    ...cli.commit(rest),
    ...(remote === undefined ? {} : { remote }),
    ...(branch === undefined ? {} : { branch }),
    ...(rebase ? { rebase } : {}),
    ...(ff ? {} : { noFastForward: true }),
    ...(prune ? { prune } : {}),
    ...(tags === false ? { tags } : {}),
    ...(side === undefined ? {} : { resolve: () => side }),
  };
  const { fetched, from, result } = await (await cli.repository()).pull(options);
  if (!cli.json) await printFetched(cli, fetched);
  if (rebase) await tellRebase(cli, result, from.name);
  else await tellMerge(cli, result, `merged ${from.name}`, `${from.name} has nothing new`);
}
