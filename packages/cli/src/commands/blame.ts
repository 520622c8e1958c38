/** `sheaf blame`. */
import type { Dataset } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { moment, shortCid } from "../render/quantity.js";

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument("[id]", "field by field, for this row")
    .option("--at <rev>", "in this version (default: the current branch)")
    .addHelpText(
      "after",
      '\nWithout an id it says for each row which commit last changed it and which made it; with --json {"id", "created", "createdTime", "changed",\n"changedTime"}, times in seconds since 1970. With an id it says it for each field: {"pointer", "commit", "time"}.',
    );
  examples(command, ["sheaf blame qa q7", "Which commit last changed each field of q7"]);
  command.action(async (path: string, id: string | undefined, flags: { at?: string }) => {
    const dataset = (await cli.repository()).dataset(path);
    cli.page();
    await (id === undefined ? rows(cli, dataset, flags) : fields(cli, dataset, id, flags));
  });
};

async function rows(cli: Cli, dataset: Dataset, flags: { at?: string }): Promise<void> {
  for await (const { id, created, createdTime, changed, changedTime } of dataset.blame({ ...flags, ...cli.watch() })) {
    const text = `${cli.paint.yellow(shortCid(changed))}  ${moment(changedTime)}  ${visible(id)}`;
    const full = cli.line(cli.json ? record({ id, created, createdTime, changed, changedTime }) : text);
    if (full !== undefined) await full;
  }
}

async function fields(cli: Cli, dataset: Dataset, id: string, flags: { at?: string }): Promise<void> {
  for (const [pointer, { commit, time }] of await dataset.blameFields(id, flags))
    await cli.line(
      cli.json
        ? record({ pointer, commit, time })
        : `${cli.paint.yellow(shortCid(commit))}  ${moment(time)}  ${visible(pointer || "/")}`,
    );
}
