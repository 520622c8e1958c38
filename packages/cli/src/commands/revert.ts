/** `sheaf revert`. */
import type { CommitFlags } from "../cli.js";
import { commitFlags } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";
import { tellMerge } from "./merge.js";

export const define: Define = (command, cli) => {
  command
    .argument("<rev>", "the commit to take back")
    .addHelpText(
      "after",
      "\nWhat later commits changed stays. Where they changed the same things there are conflicts, as in sheaf merge.",
    );
  commitFlags(command);
  examples(command, ["sheaf revert HEAD~1", "Take back the commit before the last one"]);
  command.action(async (rev: string, { branch, ...flags }: CommitFlags) => {
    const options = { ...cli.commit(flags), ...(branch === undefined ? {} : { into: branch }) };
    await tellMerge(cli, await (await cli.repository()).revert(rev, options), `${rev} taken back`);
  });
};
