/** `sheaf status`. */
import type { Status } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { counted, grouped, shortCid } from "../render/quantity.js";
import { printTable } from "../render/table.js";

export const define: Define = (command, cli) => {
  examples(command, ["sheaf status", "The current branch, its datasets, and a merge under way"]);
  command.action(async () => {
    const status = await (await cli.repository()).status();
    if (cli.json) return void (await cli.line(statusJson(status)));
    await tell(cli, status);
  });
};

function statusJson({ branch, commit, datasets, merging }: Status): string {
  return record({
    branch,
    commit,
    datasets: datasets.map(({ path, count }) => ({ dataset: path, rows: count })),
    merging: merging && { ...merging },
  });
}

async function tell(cli: Cli, { branch, commit, datasets, merging }: Status): Promise<void> {
  const { paint } = cli;
  const where = branch === undefined ? "no branch" : `branch ${paint.bold(branch)}`;
  await cli.line(
    `on ${where}${commit === undefined ? ", without commits yet" : ` at ${paint.yellow(shortCid(commit))}`}`,
  );
  for (const line of printTable(
    ["dataset", "rows"],
    datasets.map(({ path, count }) => [visible(path), grouped(count)]),
    cli,
    ["left", "right"],
  ))
    await cli.line(line);
  if (merging === undefined) return;
  await cli.line(
    paint.red(
      `merging ${shortCid(merging.from)}: ${grouped(merging.unresolved)} of ${counted(merging.conflicts, "conflict")} to resolve`,
    ),
  );
  cli.say(
    merging.unresolved > 0
      ? "see sheaf conflicts; decide with sheaf resolve; give up with sheaf merge --abort"
      : "finish with sheaf merge --continue",
  );
}
