/** `sheaf tag`. */
import type { TagInfo } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { shortCid } from "../render/quantity.js";
import { UsageError } from "../usage.js";

interface Flags {
  message?: string;
  delete?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[name]", "the tag to make; without it all are listed")
    .argument("[rev]", "what it names (default: the current branch's commit)")
    .addOption(new Option("-m, --message <text>", "make an annotated tag, with this message").conflicts("delete"))
    .option("-d, --delete", "delete the tag");
  examples(
    command,
    ['sheaf tag v1 -m "first release"', "Name the current commit v1"],
    ["sheaf tag -d v1", "Delete the tag; sheaf undo brings it back"],
  );
  command.action((name: string | undefined, rev: string | undefined, flags: Flags) => act(cli, name, rev, flags));
};

async function act(cli: Cli, name: string | undefined, rev: string | undefined, flags: Flags): Promise<void> {
  const repository = await cli.repository();
  if (name === undefined) {
    if (flags.delete || flags.message !== undefined) throw new UsageError("name the tag; see sheaf tag --help");
    for (const tag of await repository.tags()) await cli.line(cli.json ? tagJson(tag) : tagLine(cli, tag));
    return;
  }
  if (flags.delete) {
    if (rev !== undefined) throw new UsageError("--delete takes one tag");
    await repository.deleteTag(name);
    return void (await cli.line(cli.json ? record({ deleted: name }) : `deleted tag ${name}`));
  }
  const { message } = flags;
  const commit = await repository.tag(name, {
    ...(rev === undefined ? {} : { at: rev }),
    ...(message === undefined ? {} : { message }),
  });
  await cli.line(cli.json ? record({ tag: name, commit }) : `tag ${name} at ${cli.paint.yellow(shortCid(commit))}`);
}

function tagJson({ name, commit, message, tagger }: TagInfo): string {
  return record({ tag: name, commit, message, tagger: tagger && { ...tagger } });
}

function tagLine(cli: Cli, { name, commit, message }: TagInfo): string {
  const words = message === undefined ? "" : `  ${visible(message.split("\n", 1)[0])}`;
  return `${visible(name)}  ${cli.paint.yellow(shortCid(commit))}${words}`;
}
