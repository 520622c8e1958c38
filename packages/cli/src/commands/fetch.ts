/** `sheaf fetch`. */
import type { FetchOptions, FetchResult } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, many, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { fetchedLines, fetchValue, noteLines, trafficWords } from "../render/exchange.js";

interface Flags {
  prune?: boolean;
  tags?: boolean;
  force?: boolean;
  dataset?: string[];
}

export const define: Define = (command, cli) => {
  command
    .argument("[remote]", "a remote or a URL (default: the one that the current branch follows, else origin)")
    .argument("[refs...]", "branches and tags, or source:destination (default: all branches, tags and environments)")
    .option("-p, --prune", "remove the branches here that follow ones which are gone there")
    .addOption(new Option("--tags", "fetch the tags too, where refs are named"))
    .option("--no-tags", "fetch no tags")
    .option("-f, --force", "overwrite the destination of source:destination and named tags")
    .option(
      "--dataset <path>",
      "in a partial clone, fetch the rows of this dataset from now on; may be given several times",
      many,
    )
    .addHelpText(
      "after",
      [
        "",
        "Branch main of origin is then origin/main here; own branches stay where they are (see sheaf pull). A tag or an environment that was set",
        'to something else here stays, and is named. With --json: {"remote", "url", "refs": [{"remote", "ref", "outcome", "before", "after", "message"}],',
        '"notes", "traffic": {"sent", "received", "objects"}}; outcomes are new, updated, forced, unchanged, deleted, kept, refused; notes are those of',
        "versions that vendors' faces wrote, and are told as refs are.",
      ].join("\n"),
    );
  examples(
    command,
    ["sheaf fetch", "Get what is new on the other side"],
    ["sheaf fetch origin v1 --prune", "Get the tag v1, and forget branches that are gone there"],
    ["sheaf fetch --dataset safety", "Add the rows of safety to a partial clone, in all versions"],
  );
  command.action((remote: string | undefined, refs: string[], flags: Flags) => act(cli, remote, refs, flags));
};

async function act(cli: Cli, remote: string | undefined, refs: readonly string[], flags: Flags): Promise<void> {
  const { dataset: datasets, ...rest } = flags;
  const options: FetchOptions = {
    ...cli.watch(),
    ...rest,
    ...(datasets && { datasets }),
    ...(refs.length === 0 ? {} : { refs }),
  };
  await tellFetched(cli, await (await cli.repository()).fetch(remote, options));
  if (datasets) cli.say(`the rows of ${datasets.map(visible).join(", ")} are here now`);
}

async function tellFetched(cli: Cli, result: FetchResult): Promise<void> {
  if (cli.json) return void (await cli.line(record(fetchValue(result))));
  await printFetched(cli, result);
  const isOld = result.traffic.objects === 0 && result.refs.every(({ outcome }) => outcome === "unchanged");
  cli.say(isOld ? `nothing new at ${result.url}` : `fetched from ${result.url}: ${trafficWords(result.traffic)}`);
}

/** Prints a line for each ref that moved. */
export async function printFetched(cli: Cli, result: FetchResult): Promise<void> {
  for (const line of fetchedLines(result, cli.paint)) await cli.line(line);
  for (const line of noteLines(result, "came")) cli.say(line);
}
