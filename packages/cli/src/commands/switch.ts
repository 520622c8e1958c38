/** `sheaf switch`. */
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { shortCid } from "../render/quantity.js";
import { UsageError } from "../usage.js";

export const define: Define = (command, cli) => {
  command
    .argument("<branch>")
    .argument("[at]", "with -c: where the new branch begins (default: the current one)")
    .option("-c, --create", "make the branch first");
  examples(
    command,
    ["sheaf switch main", "Make main the current branch"],
    ["sheaf switch -c fix v1", "Make the branch fix at v1 and switch to it"],
  );
  command.action(async (name: string, at: string | undefined, { create = false }: { create?: boolean }) => {
    if (at !== undefined && !create) throw new UsageError(`a place to begin needs -c: sheaf switch -c ${name} ${at}`);
    const { branch, commit } = await (
      await cli.repository()
    ).switch(name, { create, ...(at === undefined ? {} : { at }) });
    const where = commit === undefined ? "without commits yet" : `at ${cli.paint.yellow(shortCid(commit))}`;
    await cli.line(cli.json ? record({ branch, commit }) : `on branch ${branch}, ${where}`);
  });
};
