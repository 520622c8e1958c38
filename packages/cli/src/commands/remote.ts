/** `sheaf remote`. */
import type { RemoteAdded } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { printTable } from "../render/table.js";

export const define: Define = (command, cli) => {
  command.option("-v, --verbose", "as in git; URLs are shown without it too");
  command.action(() => list(cli));
  command.addHelpText(
    "after",
    '\nA URL is a folder (relative paths begin at the repository\'s), s3://bucket/prefix, https://…, ssh://… or user@host:path.\nWithout a word the remotes are listed; with --json each line is {"remote", "url"}.',
  );
  defineAdd(command, cli);
  defineRemove(command, cli);
  defineRename(command, cli);
  defineSetUrl(command, cli);
  examples(
    command,
    ["sheaf remote add origin /mnt/team/evals", "Call the repository in that folder origin"],
    ["sheaf remote", "List the remotes"],
  );
};

const defineAdd: Define = (command, cli) => {
  const add = command.command("add <name> <url>").description("Give another repository a short name.");
  add.action(async (name: string, url: string) => {
    await tell(cli, await (await cli.repository()).addRemote(name, url));
  });
};

const defineRemove: Define = (command, cli) => {
  const remove = command.command("remove <name>").description("Forget a remote and the branches fetched from it.");
  remove.action(async (name: string) => {
    await (await cli.repository()).removeRemote(name);
    await cli.line(cli.json ? record({ removed: name }) : `removed remote ${visible(name)}`);
  });
};

const defineRename: Define = (command, cli) => {
  const rename = command.command("rename <from> <to>").description("Give a remote another name.");
  rename.action(async (from: string, to: string) => {
    await (await cli.repository()).renameRemote(from, to);
    await cli.line(cli.json ? record({ remote: to, from }) : `renamed remote ${visible(from)} to ${visible(to)}`);
  });
};

const defineSetUrl: Define = (command, cli) => {
  const set = command.command("set-url <name> <url>").description("Say where a remote is now.");
  set.action(async (name: string, url: string) => {
    await tell(cli, await (await cli.repository()).setRemoteUrl(name, url));
  });
};

async function list(cli: Cli): Promise<void> {
  const remotes = await (await cli.repository()).remotes();
  const lines = cli.json
    ? remotes.map(({ name, url }) => record({ remote: name, url }))
    : printTable(
        ["remote", "url"],
        remotes.map(({ name, url }) => [visible(name), visible(url)]),
        cli,
        ["left", "left"],
      );
  for (const line of lines) await cli.line(line);
  if (remotes.length === 0) cli.say("there are no remotes; sheaf remote add makes one");
}

async function tell(cli: Cli, { name, url, stripped }: RemoteAdded): Promise<void> {
  await cli.line(cli.json ? record({ remote: name, url, stripped }) : `remote ${visible(name)} is ${visible(url)}`);
  if (stripped) cli.say(`the credentials in the URL were not stored; ${keeping(url)}`);
}

/** Where secrets may be kept for a URL. */
function keeping(url: string): string {
  if (/^s3:/i.test(url)) return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or keep them in a profile";
  if (/^ssh:/i.test(url)) return "ssh asks for them, or takes a key";
  return "let git's credential helper keep them, or set SHEAF_GIT_USERNAME and SHEAF_GIT_PASSWORD (or SHEAF_GIT_TOKEN; SHEAF_TOKEN for a Sheaf server)";
}
