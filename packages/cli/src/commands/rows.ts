/** `sheaf rows`. */
import type { RowsOptions } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { exactRows, rowLines, type ExactRow } from "../exact.js";
import { count, examples, type Define } from "../parse.js";
import { grouped } from "../render/quantity.js";
import { rowTable } from "../render/row-table.js";

/** Rows that a terminal shows where no limit was asked for. */
const pageRows = 50;

type Flags = Pick<RowsOptions, "offset" | "limit" | "at" | "reverse">;

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .option("--offset <n>", "leave out the first n rows", count())
    .option("--limit <n>", `show at most n rows (default: all; ${pageRows} on a terminal)`, count())
    .option("--at <rev>", "in this version (default: the current branch)")
    .option("--reverse", "from the last row to the first")
    .addHelpText(
      "after",
      '\nOn a terminal rows are a table; elsewhere, and with --json, each is one line of JSON: {"id", "position", "cid", "item"}\nand "meta" where a row has attributes.',
    );
  examples(
    command,
    ["sheaf rows qa --offset 100 --limit 20", "Rows 101 to 120"],
    ["sheaf rows qa --at v1 | jq .item.answer", "One field of every row of version v1"],
  );
  command.action(async (path: string, flags: Flags) => {
    const dataset = (await cli.repository()).dataset(path);
    if (!cli.onTerminal) return await lines(cli, rowLines(dataset, { ...flags, signal: cli.io.signal }));
    const { count: total, meta } = await dataset.info(flags.at === undefined ? {} : { at: flags.at });
    const shown: ExactRow[] = [];
    for await (const row of exactRows(dataset, { ...flags, limit: flags.limit ?? pageRows, signal: cli.io.signal }))
      shown.push(row);
    for (const line of rowTable(shown, meta, cli)) await cli.line(line);
    const rest = Math.max(0, total - (flags.offset ?? 0)) - shown.length;
    if (rest > 0) cli.say(cli.paint.dim(`… ${grouped(rest)} more of ${grouped(total)} rows; see --limit and --offset`));
  });
};

async function lines(cli: Cli, rows: AsyncIterable<string>): Promise<void> {
  for await (const row of rows) {
    const full = cli.line(row);
    if (full !== undefined) await full;
  }
}
