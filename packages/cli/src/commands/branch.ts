/** `sheaf branch`. */
import type { CommitInfo } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { shortCid } from "../render/quantity.js";
import { UsageError } from "../usage.js";
import { distance } from "./status.js";

interface Flags {
  delete?: boolean;
  force?: boolean;
  rename?: boolean;
  remotes?: boolean;
  all?: boolean;
  verbose?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[name]", "the branch to make; without it all are listed")
    .argument("[at]", "where it begins (default: the current branch); with --rename: the new name")
    .addOption(
      new Option(
        "-d, --delete",
        "delete the branch; refused if it holds commits that are not in the current one",
      ).conflicts("rename"),
    )
    .option("-f, --force", "delete it even then")
    .option("-m, --rename", "rename the branch");
  command
    .option("-r, --remotes", "list the branches of remotes, as they were when last fetched")
    .option("-a, --all", "list both, the branches here and those of remotes")
    .option("-v, --verbose", "say which branch each follows, how far apart they are, and the last message");
  examples(
    command,
    ["sheaf branch fix v1", "Make the branch fix at v1"],
    ["sheaf branch -m fix fixes", "Rename it"],
    ["sheaf branch -d fixes", "Delete it"],
    ["sheaf branch -a", "List all, those of remotes too"],
  );
  command.action((name: string | undefined, at: string | undefined, flags: Flags) => act(cli, name, at, flags));
};

async function act(cli: Cli, name: string | undefined, at: string | undefined, flags: Flags): Promise<void> {
  const repository = await cli.repository();
  if (name === undefined && (flags.delete || flags.rename))
    throw new UsageError("name the branch; see sheaf branch --help");
  if (name === undefined) {
    if (!flags.remotes || flags.all) await list(cli, flags.verbose === true);
    return flags.remotes || flags.all ? await listRemote(cli, flags.verbose === true) : undefined;
  }
  if (flags.delete) {
    if (at !== undefined) throw new UsageError("--delete takes one branch");
    await repository.deleteBranch(name, { force: flags.force ?? false });
    return void (await cli.line(cli.json ? record({ deleted: name }) : `deleted branch ${name}`));
  }
  if (flags.rename) {
    if (at === undefined) throw new UsageError("--rename takes the old name and the new one");
    await repository.renameBranch(name, at);
    return void (await cli.line(cli.json ? record({ branch: at, from: name }) : `renamed branch ${name} to ${at}`));
  }
  const commit = await repository.branch(name, at === undefined ? {} : { at });
  await cli.line(
    cli.json ? record({ branch: name, commit }) : `branch ${name} at ${cli.paint.yellow(shortCid(commit))}`,
  );
}

async function list(cli: Cli, verbose: boolean): Promise<void> {
  const repository = await cli.repository();
  for (const { name, commit, current } of await repository.branches()) {
    const upstream = verbose ? await repository.upstream(name) : undefined;
    const message = verbose ? subject(await repository.show(commit)) : undefined;
    const shown = current ? `* ${cli.paint.green(visible(name))}` : `  ${visible(name)}`;
    const follows = upstream && ` [${distance(upstream)} ${visible(`${upstream.remote}/${upstream.branch}`)}]`;
    await cli.line(
      cli.json
        ? record({ branch: name, commit, current, upstream: upstream && { ...upstream }, message })
        : `${shown} ${cli.paint.yellow(shortCid(commit))}${follows ?? ""}${message === undefined ? "" : ` ${visible(message)}`}`,
    );
  }
}

async function listRemote(cli: Cli, verbose: boolean): Promise<void> {
  const repository = await cli.repository();
  for (const { name, commit } of await repository.remoteBranches()) {
    const message = verbose ? subject(await repository.show(commit)) : undefined;
    await cli.line(
      cli.json
        ? record({ branch: name, commit, isRemote: true, message })
        : `  ${cli.paint.red(visible(name))} ${cli.paint.yellow(shortCid(commit))}${message === undefined ? "" : ` ${visible(message)}`}`,
    );
  }
}

function subject({ message }: CommitInfo): string {
  return message.split("\n", 1)[0];
}
