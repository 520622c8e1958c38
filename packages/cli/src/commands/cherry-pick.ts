/** `sheaf cherry-pick`. */
import type { CommitFlags } from "../cli.js";
import { commitFlags } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";
import { tellMerge } from "./merge.js";

export const define: Define = (command, cli) => {
  command
    .argument("<rev>", "the commit whose changes to make here")
    .addHelpText("after", "\nWhere the branch changed the same things there are conflicts, as in sheaf merge.");
  commitFlags(command);
  examples(command, ["sheaf cherry-pick fix", "Make the changes of fix's last commit on the current branch"]);
  command.action(async (rev: string, { branch, ...flags }: CommitFlags) => {
    const options = { ...cli.commit(flags), ...(branch === undefined ? {} : { into: branch }) };
    await tellMerge(cli, await (await cli.repository()).cherryPick(rev, options), `changes of ${rev} made`);
  });
};
