/** `sheaf conflicts`. */
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { conflictLines, conflictValue } from "../render/conflict.js";
import { counted } from "../render/quantity.js";

export const define: Define = (command, cli) => {
  command
    .option("--into <branch>", "of the merge into this branch (default: the current one)")
    .option("--all", "also those that are resolved")
    .addHelpText(
      "after",
      '\nWith --json each line is {"dataset", "id", "pointer", "base", "ours", "theirs", "resolved"}; what is not there is left out.',
    );
  examples(command, ["sheaf conflicts", "What is still to decide in the merge under way"]);
  command.action(async ({ into, all }: { into?: string; all?: boolean }) => {
    const state = await (await cli.repository()).mergeState(into);
    if (state === undefined) return cli.say("no merge is under way");
    const shown = state.conflicts.filter(({ resolved }) => all || !resolved);
    for (const conflict of shown) {
      const lines = cli.json
        ? [record({ ...conflictValue(conflict), resolved: conflict.resolved })]
        : conflictLines(conflict, cli.paint);
      for (const line of lines) await cli.line(line);
    }
    cli.say(
      shown.length === 0
        ? "every conflict is resolved; finish with sheaf merge --continue"
        : `${counted(shown.length, "conflict")}; decide with sheaf resolve`,
    );
  });
};
