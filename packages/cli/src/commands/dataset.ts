/** `sheaf dataset`. */
import { pointer, type Operation } from "@sheaf/core";
import type { CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";

export const define: Define = (command, cli) => {
  defineCreate(command, cli);
  defineRename(command, cli);
  defineRemove(command, cli);
  defineDescribe(command, cli);
  examples(
    command,
    ['sheaf dataset create safety/jailbreaks --description "prompts that must be refused"', "Make an empty dataset"],
    ["sheaf dataset rename qa questions", "Rename a dataset"],
  );
};

const defineCreate: Define = (command, cli) => {
  const create = command.command("create <path>").description("Make an empty dataset.");
  create.option("--description <text>", "what it is about");
  commitFlags(create).action(
    async (path: string, { description, ...flags }: CommitFlags & { description?: string }) => {
      const meta = description === undefined ? {} : { description };
      const done = await (await cli.repository()).createDataset(path, meta, cli.commit(flags));
      await tellCommit(cli, done, `dataset ${path} made`);
    },
  );
};

const defineRename: Define = (command, cli) => {
  const rename = command.command("rename <from> <to>");
  rename.description("Give a dataset another path; its history goes with it.");
  commitFlags(rename).action(async (from: string, to: string, flags: CommitFlags) => {
    const done = await (await cli.repository()).renameDataset(from, to, cli.commit(flags));
    await tellCommit(cli, done, `dataset ${from} renamed to ${to}`);
  });
};

const defineRemove: Define = (command, cli) => {
  const remove = command.command("remove <path>").description("Remove a dataset; earlier versions keep it.");
  commitFlags(remove).action(async (path: string, flags: CommitFlags) => {
    const done = await (await cli.repository()).removeDataset(path, cli.commit(flags));
    await tellCommit(cli, done, `dataset ${path} removed`);
  });
};

const defineDescribe: Define = (command, cli) => {
  const describe = command.command("describe <path> <text>").description("Say what a dataset is about.");
  commitFlags(describe).action(async (path: string, text: string, flags: CommitFlags) => {
    const patch: Operation[] = [{ op: "add", path: pointer("meta", "description"), value: text }];
    const options = cli.commit({ message: `Describe ${path}`, ...flags });
    await tellCommit(
      cli,
      await (await cli.repository()).edit([{ dataset: path, patch }], options),
      `dataset ${path} described`,
    );
  });
};
