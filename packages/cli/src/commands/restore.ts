/** `sheaf restore`. */
import type { CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";

export const define: Define = (command, cli) => {
  command.argument("<dataset>").argument("<rev>", "the version to bring back");
  commitFlags(command, { base: true });
  examples(command, [
    'sheaf restore qa v1 -m "back to v1"',
    "Make the dataset qa what it was in version v1, as a new commit",
  ]);
  command.action(async (path: string, rev: string, flags: CommitFlags) => {
    const done = await (await cli.repository()).restore(path, rev, cli.commit(flags));
    await tellCommit(cli, done, `${path} is as in ${rev}`);
  });
};
