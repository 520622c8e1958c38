/** `sheaf show`. */
import type { CommitInfo, Repository } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { commitJson, commitLines, refNames } from "../render/commit.js";
import { statJson, statLines } from "../render/difference.js";
import { tellDifferences } from "../render/differences.js";

interface Flags {
  stat?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[rev]", "the commit (default: the current branch's)", "HEAD")
    .option("--stat", "only the counts of rows that differ")
    .addHelpText(
      "after",
      "\nThe changes are those from the first parent. With --json the first line is the commit, each other one a difference\n(with --stat: the counts, keyed by dataset).",
    );
  examples(command, ["sheaf show v1", "The commit that v1 names, and what it changed"]);
  command.action((rev: string, flags: Flags) => act(cli, rev, flags));
};

async function act(cli: Cli, rev: string, { stat }: Flags): Promise<void> {
  const repository = await cli.repository();
  cli.page();
  const info = await repository.show(rev);
  const head = cli.json ? [commitJson(info)] : [...commitLines(info, await refNames(repository), cli.paint), ""];
  for (const line of head) await cli.line(line);
  const parent = info.parents[0];
  if (parent === undefined) return await firstCommit(cli, repository, info);
  const watch = { signal: cli.io.signal };
  if (!stat) return void (await tellDifferences(cli, repository.diff(parent, info.commit, watch)));
  const counts = await repository.diffStat(parent, info.commit, watch);
  for (const line of cli.json ? [statJson(counts)] : statLines(counts, cli.paint)) await cli.line(line);
}

/** Nothing came before: every dataset is new. */
async function firstCommit(cli: Cli, repository: Repository, { commit }: CommitInfo): Promise<void> {
  const added = async function* () {
    for await (const { path, count } of repository.datasets({ at: commit }))
      yield { kind: "dataset-added", dataset: path, count } as const;
  };
  await tellDifferences(cli, added());
}
