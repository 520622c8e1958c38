/** `sheaf get`. */
import { SheafError, type Repository } from "@sheaf/core";
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
    const text = await wanted(await cli.repository(), path, id, flags);
    if (text === undefined) throw absent(path, id, flags.at);
    if (flags.cid) return void (await cli.line(cli.json ? JSON.stringify(text) : text));
    await cli.line(cli.onTerminal ? await pretty(text) : text);
  });
};

/** The item as JSON text, or what was asked for instead; `undefined` when there is no such row. */
async function wanted(repository: Repository, path: string, id: string, flags: Flags): Promise<string | undefined> {
  const at = flags.at === undefined ? {} : { at: flags.at };
  const dataset = repository.dataset(path);
  if (!flags.cid && !flags.meta) return await dataset.getText(id, at);
  const cid = await dataset.cid(id, at);
  if (cid === undefined || flags.cid) return cid;
  const { attributesOf } = await import("../exact.js");
  return attributesOf(await repository.block(cid)) ?? "null";
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
