/** `sheaf clone`. */
import { resolve } from "node:path";
import type { CloneOptions } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { cloneFolder } from "../clone.js";
import { examples, many, type Define } from "../parse.js";
import { folderNameOf, isPath } from "../place.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";

interface Flags {
  branch?: string;
  singleBranch?: boolean;
  dataset?: string[];
  origin?: string;
  tags: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("<url>", "the repository: a folder, s3://bucket/prefix, https://…, ssh://…, user@host:path")
    .argument("[dir]", "the folder to clone into (default: named after the URL)")
    .option("-b, --branch <name>", "the branch to be on (default: the other side's current one)")
    .option("--single-branch", "fetch that branch only")
    .option("--dataset <path>", "fetch the rows of this dataset only; may be given several times", many)
    .option("-o, --origin <name>", "what to call the other side (default: origin)")
    .option("--no-tags", "fetch no tags")
    .addHelpText(
      "after",
      '\nA clone with --dataset has all commits, with the same CIDs, and the rows of these datasets; it can be edited and pushed, and sheaf fetch --dataset adds more.\nA git host gives all of it, of which the part is kept.\nA clone that broke off goes on when the same command is given again. With --json: {"repository", "remote", "url", "branch", "commit"}.',
    );
  examples(
    command,
    ["sheaf clone /mnt/team/evals", "Clone the repository in that folder into ./evals"],
    ["sheaf clone --dataset qa /mnt/team/evals qa", "Only the dataset qa, into ./qa"],
    ["sheaf clone --dataset qa https://git.example/team/evals.git", "The same from a git host"],
  );
  command.action((url: string, dir: string | undefined, flags: Flags) => act(cli, url, dir, flags));
};

async function act(cli: Cli, url: string, dir: string | undefined, flags: Flags): Promise<void> {
  const base = resolve(cli.io.cwd, cli.options.C ?? ".");
  const folder = resolve(base, dir ?? folderNameOf(isPath(url, base) ? resolve(base, url) : url));
  const { branch, singleBranch, dataset, origin, tags } = flags;
  const options: CloneOptions = {
    ...cli.watch(),
    ...(branch === undefined ? {} : { branch }),
    ...(singleBranch ? { singleBranch } : {}),
    ...(dataset === undefined ? {} : { datasets: dataset }),
    ...(origin === undefined ? {} : { origin }),
    ...(tags ? {} : { tags }),
  };
  const from = isPath(url, base) ? resolve(base, url) : url;
  const hint = (text: string) => cli.say(text);
  // A clone makes no commit.
  const authorHint = () => undefined;
  const repository = await cloneFolder(from, folder, { ...options, env: cli.io.env, hint, authorHint });
  const head = await repository.head();
  const [remote] = await repository.remotes();
  if (cli.json)
    return void (await cli.line(record({ repository: folder, remote: remote.name, url: remote.url, ...head })));
  await cli.line(`cloned ${visible(remote.url)} into ${visible(folder)}, on branch ${visible(head.branch ?? "none")}`);
  if (head.commit === undefined) cli.say("it has no commits yet");
}
