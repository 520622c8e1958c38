/** `sheaf diff`. */
import {
  printJson,
  type Difference,
  type DiffOptions,
  type DiffStat,
  type Operation,
  type Repository,
} from "@sheaf/core";
import type { Cli } from "../cli.js";
import { foundExit } from "../failure.js";
import { examples, Option, type Define } from "../parse.js";
import { statJson, statLines } from "../render/difference.js";
import { MarkdownReport } from "../render/markdown.js";
import { tellDifferences } from "../render/differences.js";
import { UsageError } from "../usage.js";

interface Flags {
  dataset?: string;
  stat?: boolean;
  patch?: boolean;
  markdown?: boolean;
  exitCode?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[a]", "the older version; a..b names both (default: the commit before b)")
    .argument("[b]", "the newer version (default: the current branch)")
    .option("--dataset <path>", "only this dataset")
    .addOption(new Option("--stat", "only the counts of rows that differ, per dataset").conflicts("patch"))
    .option("--patch", "print the JSON Patch (RFC 6902) that makes b's version of --dataset of a's")
    .addOption(
      new Option(
        "--markdown",
        "a report for a pull request: counts, and the rows that differ, as many as fit",
      ).conflicts(["patch", "stat"]),
    )
    .option("--exit-code", "end with 1 when the versions differ")
    .addHelpText(
      "after",
      [
        "",
        "Lines begin with + for a row that b has and a has not, - for one that went, ~ for one that changed, > for one that moved.",
        'With --json each line is one difference: {"kind", "dataset", "id", …}, changed rows with "before", "after" and "patch".',
        'With --stat --json it is one object keyed by dataset path: {"qa": {"added", "removed", "changed", "moved"}}.',
      ].join("\n"),
    );
  examples(
    command,
    ["sheaf diff v1 main", "What changed from v1 to main, field by field"],
    ["sheaf diff --stat --json main~3", "Counts for the last three commits"],
  );
  command.action((a: string | undefined, b: string | undefined, flags: Flags) => act(cli, a, b, flags));
};

async function act(cli: Cli, first: string | undefined, second: string | undefined, flags: Flags): Promise<void> {
  const repository = await cli.repository();
  const [a, b] = versions(first, second);
  cli.page();
  const options: DiffOptions = { ...cli.watch(), ...(flags.dataset === undefined ? {} : { dataset: flags.dataset }) };
  const differs = flags.patch
    ? await tellPatch(cli, repository.diffPatch(a, b, flags.dataset ?? (await onlyDataset(repository, a, b, options))))
    : flags.markdown
      ? await tellMarkdown(cli, repository.diff(a, b, options), a, b)
      : flags.stat
        ? await tellStat(cli, await repository.diffStat(a, b, options))
        : (await tellDifferences(cli, repository.diff(a, b, options))) > 0;
  if (!differs && !cli.json && !flags.patch && !flags.markdown) cli.say(`${a} and ${b} are the same`);
  if (differs && flags.exitCode) cli.exitCode = foundExit;
}

/** The two versions: `a..b` in one word, two words, or the commit before. */
export function versions(first: string | undefined, second: string | undefined): [string, string] {
  const range = /^(.*?)\.\.(?!\.)(.*)$/s.exec(first ?? "");
  if (range === null) return [first ?? "HEAD~1", second ?? "HEAD"];
  if (second !== undefined) throw new UsageError(`${first} names two versions already, so ${second} is one too many`);
  return [range[1] || "HEAD", range[2] || "HEAD"];
}

async function onlyDataset(repository: Repository, a: string, b: string, options: DiffOptions): Promise<string> {
  const changed = Object.keys(await repository.diffStat(a, b, options));
  if (changed.length === 1) return changed[0];
  const which =
    changed.length === 0
      ? "no dataset differs"
      : `${changed.length} datasets differ (${changed.slice(0, 5).join(", ")})`;
  throw new UsageError(`--patch is about one dataset, and ${which}: name it with --dataset`);
}

async function tellMarkdown(cli: Cli, differences: AsyncIterable<Difference>, a: string, b: string): Promise<boolean> {
  const report = new MarkdownReport();
  let any = false;
  for await (const difference of differences) {
    any = true;
    report.add(difference);
  }
  await cli.out.write(report.print(a, b));
  return any;
}

async function tellStat(cli: Cli, stat: DiffStat): Promise<boolean> {
  for (const line of cli.json ? [statJson(stat)] : statLines(stat, cli.paint)) await cli.line(line);
  return Object.keys(stat).length > 0;
}

/** The patch as one JSON array, an operation a line. */
async function tellPatch(cli: Cli, operations: AsyncIterable<Operation>): Promise<boolean> {
  let any = false;
  for await (const operation of operations) {
    const full = cli.out.write(`${any ? ",\n" : "[\n"}${printJson({ ...operation })}`);
    if (full !== undefined) await full;
    any = true;
  }
  await cli.out.write(any ? "\n]\n" : "[]\n");
  return any;
}
