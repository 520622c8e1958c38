/** `sheaf columns`. */
import type { Committed } from "@sheaf/core";
import type { Cli, CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { visible } from "../render/paint.js";
import { counted, grouped } from "../render/quantity.js";
import { printTable } from "../render/table.js";

export const define: Define = (command, cli) => {
  command
    .command("list <dataset>", { isDefault: true })
    .description("List the columns, with the number of rows that have each (the default: sheaf columns <dataset>).")
    .option("--at <rev>", "in this version (default: the current branch)")
    .action((dataset: string, flags: { at?: string }) => list(cli, dataset, flags));
  const rename = command
    .command("rename <dataset> <from> <to>")
    .description("Give a column another name in every row.");
  commitFlags(rename).action(async (path: string, from: string, to: string, flags: CommitFlags) => {
    const dataset = (await cli.repository()).dataset(path);
    await tell(
      cli,
      await dataset.renameColumn(from, to, cli.commit(flags)),
      `column ${from} of ${path} renamed to ${to}`,
    );
  });
  const remove = command.command("remove <dataset> <name>").description("Take a column out of every row.");
  commitFlags(remove).action(async (path: string, name: string, flags: CommitFlags) => {
    const dataset = (await cli.repository()).dataset(path);
    await tell(cli, await dataset.removeColumn(name, cli.commit(flags)), `column ${name} of ${path} removed`);
  });
  const order = command
    .command("order <dataset> <names...>")
    .description("Set the order of the columns, for tables and CSV.");
  commitFlags(order).action(async (path: string, names: string[], flags: CommitFlags) => {
    const dataset = (await cli.repository()).dataset(path);
    await tell(cli, await dataset.orderColumns(names, cli.commit(flags)), `columns of ${path} ordered`);
  });
  examples(
    command,
    ["sheaf columns qa", "List the columns of qa"],
    ['sheaf columns rename qa question prompt -m "one name for it"', "Rename a column in every row"],
  );
};

async function list(cli: Cli, path: string, flags: { at?: string }): Promise<void> {
  const columns = await (await cli.repository()).dataset(path).columns(flags);
  if (cli.json) for (const { name, rows } of columns) await cli.line(record({ name, rows }));
  else
    for (const line of printTable(
      ["column", "rows"],
      columns.map(({ name, rows }) => [visible(name), grouped(rows)]),
      cli,
      ["left", "right"],
    ))
      await cli.line(line);
}

async function tell(cli: Cli, done: Committed & { rows: number }, words: string): Promise<void> {
  await tellCommit(cli, done, `${words} in ${counted(done.rows, "row")}`, { rows: done.rows });
}
