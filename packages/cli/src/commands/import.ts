/** `sheaf import`. */
import { resolve } from "node:path";
import type { ImportMode, ImportOptions } from "@sheaf/core";
import { formats, type Format, type Parsed } from "@sheaf/formats";
import type { Cli, CommitFlags } from "../cli.js";
import { commitFlags, tellCommit } from "../commit-flags.js";
import { importSource, type ReadOptions } from "../file-import.js";
import { examples, many, Option, type Define } from "../parse.js";
import { grouped } from "../render/quantity.js";
import { record } from "../record.js";
import { openSource } from "../source.js";
import { UsageError } from "../usage.js";

interface Flags extends CommitFlags {
  from?: string;
  format?: Format;
  key?: string[];
  mode?: ImportMode;
  dedupe?: boolean;
  rows?: boolean;
  records?: string;
  columns?: string;
  delimiter?: string;
  quotes?: boolean;
  infer?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .usage("[options] <dataset> <file>\n       sheaf import --from humanloop-export <folder>")
    .argument("<dataset>", "where the rows go; the dataset is made when it is not there")
    .argument("[file]", "JSONL, JSON, CSV or TSV, plain or gzipped; - reads standard input")
    .addOption(new Option("--from <program>", fromWords).choices(["humanloop-export"]))
    .addOption(new Option("--format <name>", "what the file is (default: by its name and content)").choices(formats))
    .option("--key <field>", "take ids from this field; may be given several times, values are joined by /", many)
    .addOption(
      new Option(
        "--mode <mode>",
        "set: the dataset becomes the file; add: new rows only; upsert: new and changed rows; remove: the file's rows go",
      )
        .choices(["set", "add", "upsert", "remove"])
        .default("set"),
    )
    .option("--dedupe", "leave out rows equal to an earlier one")
    .option("--rows", "each line is a row with its id and position (@id, @pos), as export --rows writes them")
    .option("--records <pointer>", "JSON: where the rows stand, such as /data/items; * stands for every element")
    .option("--columns <names>", "CSV, TSV: the file has no header, these are its columns, with commas between")
    .option("--delimiter <character>", "CSV, TSV: what stands between cells, such as ; or \\t")
    .option("--no-quotes", 'CSV, TSV: a " is an ordinary character')
    .option(
      "--infer",
      "CSV, TSV: make numbers and booleans of columns that hold nothing else (default: every cell is text)",
    );
  commitFlags(command, { base: true, allowEmpty: true });
  command.addHelpText(
    "after",
    '\nWith --json it prints {"commit", "added", "changed", "removed", "unchanged", "moved"}, all but the first counts of rows.',
  );
  examples(command, ...shown);
  command.action((dataset: string, file: string | undefined, flags: Flags) =>
    flags.from === undefined ? act(cli, dataset, file, flags) : actOnExport(cli, dataset, file, flags),
  );
};

async function act(cli: Cli, path: string, file: string | undefined, flags: Flags): Promise<void> {
  if (file === undefined) throw new UsageError("a file is wanted behind the dataset; - reads standard input");
  const dataset = (await cli.repository()).dataset(path);
  const source = await openSource(cli.io, file);
  if (flags.infer && source.file === undefined)
    throw new UsageError("--infer reads the input twice, so it needs a file instead of standard input");
  let parsed: Parsed | undefined;
  const share = () => (source.size && parsed ? Math.min(1, parsed.bytesRead / source.size) : undefined);
  const options = importOptions(
    cli,
    { message: `Import ${path} from ${file === "-" ? "standard input" : file}`, ...flags },
    share,
  );
  const done = await importSource(dataset, source, readOptions(flags), options, started => (parsed = started));
  const { added, changed, removed, unchanged, moved } = done;
  const words = `${path}: ${grouped(added)} added, ${grouped(changed)} changed, ${grouped(removed)} removed, ${grouped(unchanged)} unchanged`;
  await tellCommit(cli, done, words, { added, changed, removed, unchanged, moved });
}

const fromWords = "import the folder that a vendor's export program wrote: every dataset, each version a commit";

/** Examples: what is typed, and what it is for. */
const shown: readonly [typed: string, purpose: string][] = [
  [
    'sheaf import qa questions.jsonl --key id -m "first import"',
    "Make the dataset qa from a file, with ids from the field id",
  ],
  ["sheaf import --from humanloop-export exports/20250905-101500", "Bring home what Humanloop's export program wrote"],
  ["zcat big.csv.gz | sheaf import logs - --format csv --mode add", "Add rows from standard input"],
];

/** Options that an import from another program has no use for. */
const ofFiles = [
  ...(["format", "key", "dedupe", "rows", "records", "columns", "delimiter", "infer"] as const),
  ...(["message", "branch", "base", "allowEmpty", "author", "date"] as const),
];

/** What `--from` leaves to the export: which rows go where, in whose commits. */
async function actOnExport(cli: Cli, folder: string, file: string | undefined, flags: Flags): Promise<void> {
  const { from, mode, quotes } = flags;
  const other = ofFiles.find(name => flags[name] !== undefined);
  if (file !== undefined || mode !== "set" || quotes === false || other !== undefined)
    throw new UsageError(
      `--from ${from} takes one folder, and no options of other imports${other ? ` (${other})` : ""}`,
    );
  const { importHumanloopExport } = await import("../humanloop-export.js");
  for await (const done of importHumanloopExport(await cli.repository(), resolve(cli.io.cwd, folder), cli.watch())) {
    const { dataset, made, known, deployments, datapoints } = done;
    const rest = `${grouped(known)} known, ${grouped(deployments)} deployed; datapoints: ${grouped(datapoints)}`;
    await cli.line(cli.json ? record({ ...done }) : `${dataset}: versions: ${grouped(made)} made, ${rest}`);
  }
}

function importOptions(cli: Cli, flags: Flags, share: () => number | undefined): ImportOptions {
  const { mode = "set", key, dedupe } = flags;
  return {
    ...cli.commit(flags, share),
    mode,
    ...(key === undefined ? {} : { key }),
    ...(dedupe === undefined ? {} : { dedupe }),
  };
}

function readOptions({ format, rows, records, columns, delimiter, quotes, infer }: Flags): ReadOptions {
  return {
    ...(format === undefined ? {} : { format }),
    ...(rows === undefined ? {} : { rows }),
    ...(records === undefined ? {} : { records }),
    ...(columns === undefined ? {} : { columns: columns.split(",") }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === "\\t" ? "\t" : delimiter }),
    ...(quotes === false ? { quotes } : {}),
    ...(infer === undefined ? {} : { infer }),
  };
}
