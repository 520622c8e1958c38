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

function statusJson({ branch, commit, datasets, merging, rebasing, upstream, part }: Status): string {
  return record({
    branch,
    commit,
    datasets: datasets.map(({ path, count }) => ({ dataset: path, rows: count })),
    merging: merging && { ...merging },
    rebasing: rebasing && { left: [...rebasing.left] },
    upstream: upstream && { ...upstream },
    part: part && [...part],
  });
}

async function tell(cli: Cli, status: Status): Promise<void> {
  const { branch, commit, datasets, merging } = status;
  const { paint } = cli;
  const where = branch === undefined ? "no branch" : `branch ${paint.bold(branch)}`;
  await cli.line(
    `on ${where}${commit === undefined ? ", without commits yet" : ` at ${paint.yellow(shortCid(commit))}`}`,
  );
  for (const line of standing(status)) await cli.line(line);
  for (const line of printTable(
    ["dataset", "rows"],
    datasets.map(({ path, count }) => [visible(path), grouped(count)]),
    cli,
    ["left", "right"],
  ))
    await cli.line(line);
  if (status.rebasing !== undefined)
    cli.say(
      `a rebase waits, with ${counted(status.rebasing.left.length, "commit")} to make again; sheaf rebase --help`,
    );
  if (merging === undefined) return;
  await cli.line(
    paint.red(
      `merging ${shortCid(merging.from)}: ${grouped(merging.unresolved)} of ${counted(merging.conflicts, "conflict")} to resolve`,
    ),
  );
  cli.say(
    merging.unresolved > 0
      ? "see sheaf conflicts; decide with sheaf resolve; give up with sheaf merge --abort"
      : `finish with sheaf ${status.rebasing === undefined ? "merge" : "rebase"} --continue`,
  );
}

/** Where the branch stands against the one that it follows, and what is here of a partial clone. */
function standing({ upstream, part }: Status): string[] {
  const lines = part === undefined ? [] : [`a clone of ${part.map(path => visible(path)).join(", ")} only`];
  if (upstream === undefined) return lines;
  return [`${distance(upstream)} ${visible(`${upstream.remote}/${upstream.branch}`)}`, ...lines];
}

/** `2 commits ahead of`, `up to date with`, … */
export function distance({ ahead, behind }: NonNullable<Status["upstream"]>): string {
  if (ahead === undefined || behind === undefined) return "not fetched yet, or gone:";
  if (ahead > 0 && behind > 0) return `${counted(ahead, "commit")} ahead of and ${grouped(behind)} behind`;
  if (ahead > 0) return `${counted(ahead, "commit")} ahead of`;
  return behind > 0 ? `${counted(behind, "commit")} behind` : "up to date with";
}
