/** What may stand at a place of a command line: for the completion of shells. */
import { Cli } from "./cli.js";
import { makeCommand, type Command } from "./parse.js";
import { verbs } from "./verbs.js";

/** Arguments of commands, by the names that they have in help, that are datasets or revisions. */
const datasetArguments = new Set(["dataset", "path", "from"]);
const revisionArguments = new Set(["rev", "a", "b", "at", "branch", "ref", "refs", "name"]);
const remoteArgument = "remote";

/** Gives the words that may stand at `index` of the line, those that begin as the one that is there. */
export async function candidates(cli: Cli, line: readonly string[], index: number): Promise<string[]> {
  const typed = line[index] ?? "";
  const before = line.slice(1, index);
  const all = await allCandidates(cli, before, typed);
  return all.filter(word => word.startsWith(typed));
}

async function allCandidates(cli: Cli, before: readonly string[], typed: string): Promise<string[]> {
  const at = before.findIndex((word, i) => !word.startsWith("-") && before[i - 1] !== "-C");
  const name = before[at];
  const verb = name === undefined ? undefined : verbs.get(name);
  if (name === undefined) return [...verbs.keys(), "help", "--version", "--help"];
  if (verb === undefined) return [];
  const inner = new Cli(cli.io, { ...cli.options, ...folderOf(before) });
  const root = makeCommand(name, verb.summary, (await verb.load()).define, inner, {
    columns: 80,
    write: () => undefined,
  });
  const words = before.slice(at + 1).filter(word => !word.startsWith("-"));
  const below = root.commands.find(each => each.name() === words[0]);
  if (typed.startsWith("-")) return optionsOf(root, below);
  const names = root.commands.length > 0 && words.length === 0 ? root.commands.map(each => each.name()) : [];
  const argument = (below ?? root).registeredArguments[below ? words.length - 1 : words.length];
  const listed = root.commands.length > 0 && !below ? "dataset" : (argument?.name() ?? "");
  return [...names, ...(argument?.argChoices ?? []), ...(await namesFor(listed, inner))];
}

function folderOf(before: readonly string[]): { C?: string } {
  const folder = before[before.lastIndexOf("-C") + 1];
  return before.includes("-C") && folder !== undefined ? { C: folder } : {};
}

function optionsOf(root: Command, below: Command | undefined): string[] {
  return [...root.options, ...(below?.options ?? [])].flatMap(({ long, short, hidden }) =>
    hidden ? [] : (long ?? short ?? []),
  );
}

async function namesFor(argument: string, cli: Cli): Promise<string[]> {
  if (!datasetArguments.has(argument) && !revisionArguments.has(argument) && argument !== remoteArgument) return [];
  try {
    const repository = await cli.repository();
    if (argument === remoteArgument) return (await repository.remotes()).map(({ name }) => name);
    const names: string[] = [];
    if (datasetArguments.has(argument)) for await (const { path } of repository.datasets()) names.push(path);
    else
      for (const { name } of [
        ...(await repository.branches()),
        ...(await repository.tags()),
        ...(await repository.remoteBranches()),
      ])
        names.push(name);
    return names;
  } catch {
    return []; // no repository here: the shell completes files
  }
}
