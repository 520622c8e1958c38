/** `sheaf log`. */
import { commitJson, commitLines, oneLine, refNames } from "../render/commit.js";
import { count, examples, type Define } from "../parse.js";

interface Flags {
  dataset?: string;
  id?: string;
  limit?: number;
  firstParent?: boolean;
  oneline?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[rev]", "begin here (default: the current branch)")
    .option("--dataset <path>", "only commits that changed this dataset")
    .option("--id <id>", "only commits that changed this row of the dataset")
    .option("-n, --limit <n>", "at most n commits", count())
    .option("--first-parent", "only the branch's own line")
    .option("--oneline", "a line for each commit");
  examples(
    command,
    ["sheaf log -n 5", "The last five commits"],
    ["sheaf log --dataset qa --id q7", "The commits that changed the row q7"],
  );
  command.action(async (rev: string | undefined, { oneline, ...flags }: Flags) => {
    const repository = await cli.repository();
    const names = cli.json ? new Map<string, string[]>() : await refNames(repository);
    cli.page();
    let first = true;
    for await (const info of repository.log({ ...flags, ...(rev === undefined ? {} : { at: rev }) })) {
      cli.io.signal.throwIfAborted();
      if (cli.json) await cli.line(commitJson(info));
      else if (oneline) await cli.line(oneLine(info, names, cli.paint));
      else for (const line of [...(first ? [] : [""]), ...commitLines(info, names, cli.paint)]) await cli.line(line);
      first = false;
    }
  });
};
