/** `sheaf export`. */
import { resolve } from "node:path";
import { printPortionsBeside } from "@sheaf/drives/portion-thread";
import { exportBytes, formatOf, formats, type Format } from "@sheaf/formats";
import type { Cli } from "../cli.js";
import { examples, Option, type Define } from "../parse.js";
import { record } from "../record.js";
import { counted } from "../render/quantity.js";
import { writeFileWhole } from "../target.js";

interface Flags {
  format?: Format;
  at?: string;
  rows?: boolean;
  lossy?: boolean;
  gzip?: boolean;
  columns?: string;
  delimiter?: string;
}

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument(
      "[file]",
      "where to; - or nothing writes to standard output. A file that is there is replaced, whole, at the end",
      "-",
    )
    .addOption(
      new Option("--format <name>", "what to write (default: by the file's name, else jsonl)").choices(formats),
    )
    .option("--at <rev>", "this version (default: the current branch)")
    .option("--rows", "JSONL, JSON: write ids, positions and attributes too (@id, @pos, @meta)")
    .option("--lossy", "write what the format can hold, and leave the rest; otherwise a loss is refused")
    .option("--gzip", "compress (default: if the file's name ends in .gz)")
    .option("--columns <names>", "CSV, TSV: the columns and their order, with commas between")
    .option("--delimiter <character>", "CSV, TSV: what stands between cells");
  examples(
    command,
    ["sheaf export qa qa.csv --at v1", "Write version v1 as CSV"],
    ["sheaf export qa --rows | gzip > qa.jsonl.gz", "Write rows with their ids and positions"],
  );
  command.action((dataset: string, file: string, flags: Flags) => act(cli, dataset, file, flags));
};

async function act(cli: Cli, path: string, file: string, flags: Flags): Promise<void> {
  const { columns, delimiter, format = formatOf(file), gzip = /\.gz$/i.test(file), ...rest } = flags;
  const dataset = (await cli.repository()).dataset(path);
  const { count } = await dataset.info(flags.at === undefined ? {} : { at: flags.at });
  const bytes = exportBytes(dataset, {
    ...rest,
    ...cli.watch(),
    isFleeting: true,
    printPortions: printPortionsBeside(),
    format,
    gzip,
    ...(columns === undefined ? {} : { columns: columns.split(",") }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === "\\t" ? "\t" : delimiter }),
  });
  if (file === "-") return await toOutput(cli, bytes);
  await writeFileWhole(resolve(cli.io.cwd, file), bytes);
  await cli.line(
    cli.json ? record({ file, rows: count, format }) : `wrote ${counted(count, "row")} of ${path} to ${file}`,
  );
}

async function toOutput(cli: Cli, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) await cli.out.bytes(chunk);
}
