/** `sheaf get`. */
import { SheafError, type Dataset } from "@sheaf/core";
import { examples, type Define } from "../parse.js";

interface Flags {
  at?: string;
  cid?: boolean;
  meta?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("<dataset>")
    .argument("<id>")
    .option("--at <rev>", "in this version (default: the current branch)")
    .option("--cid", "print the item's CID instead")
    .option("--meta", "print the item's attributes instead");
  examples(
    command,
    ["sheaf get qa q7", "Print an item as JSON"],
    ["sheaf get qa q7 --at v1 --cid", "Print the CID that the item had in version v1"],
  );
  command.action(async (path: string, id: string, flags: Flags) => {
    const at = flags.at === undefined ? {} : { at: flags.at };
    const dataset = (await cli.repository()).dataset(path);
    const text = flags.cid || flags.meta ? await aside(dataset, id, at, flags) : await dataset.getText(id, at);
    if (text === undefined) throw absent(path, id, flags.at);
    await cli.line(
      cli.onTerminal && !flags.cid ? await pretty(text) : cli.json && flags.cid ? JSON.stringify(text) : text,
    );
  });
};

async function aside(dataset: Dataset, id: string, at: { at?: string }, { cid }: Flags): Promise<string | undefined> {
  const row = await dataset.get(id, at);
  if (row === undefined || cid) return row?.cid;
  return JSON.stringify(row.meta ?? null);
}

async function pretty(text: string): Promise<string> {
  const [{ parseJson }, { printPretty }, { visible }] = await Promise.all([
    import("@sheaf/core"),
    import("../exact.js"),
    import("../render/paint.js"),
  ]);
  return printPretty(parseJson(text)).split("\n").map(visible).join("\n");
}

function absent(dataset: string, id: string, at: string | undefined): SheafError<"no-such-item"> {
  const message = `dataset ${dataset} has no row ${JSON.stringify(id)}${at === undefined ? "" : ` in ${at}`}; sheaf rows ${dataset} lists them`;
  return new SheafError("no-such-item", { dataset, id, ...(at === undefined ? {} : { at }) }, message);
}
