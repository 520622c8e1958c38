/** `sheaf bundle`. */
import { basename, resolve } from "node:path";
import type { BundleInfo } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, many, type Define } from "../parse.js";
import { record } from "../record.js";
import { fetchedLines, fetchValue, noteLines } from "../render/exchange.js";
import { visible } from "../render/paint.js";
import { bytes, counted, shortCid } from "../render/quantity.js";
import { openSource } from "../source.js";
import { writeFileWhole } from "../target.js";

export const define: Define = (command, cli) => {
  command.addHelpText(
    "after",
    "\nA bundle is a CAR file: any IPLD tool reads it. It is also a place to clone, fetch and pull from, as in sheaf clone evals.car.",
  );
  defineCreate(command, cli);
  defineVerify(command, cli);
  defineUnbundle(command, cli);
  examples(
    command,
    ["sheaf bundle create evals.car", "Write all branches, tags and environments to a file"],
    ["sheaf bundle create news.car main --since v1", "Only what main has beyond v1"],
    ["sheaf bundle unbundle news.car", "Take it in; main is then bundle/main"],
  );
};

const defineCreate: Define = (command, cli) => {
  const create = command.command("create <file> [refs...]");
  create.description("Write branches and tags (default: all), and what they need, to a file (- for standard output).");
  create.option(
    "--since <rev>",
    "leave out this version and all before it; may be given several times, or as ^rev",
    many,
  );
  create.action(async (file: string, words: string[], flags: { since?: string[] }) => {
    const without = [...(flags.since ?? []), ...words.filter(word => word.startsWith("^")).map(word => word.slice(1))];
    const refs = words.filter(word => !word.startsWith("^"));
    const options = { ...cli.watch(), without };
    const chunks = (await cli.repository()).bundle(refs.length === 0 ? undefined : refs, options);
    if (file === "-") return await pour(cli, chunks);
    const counted = count(chunks);
    await writeFileWhole(resolve(cli.io.cwd, file), counted.chunks);
    await cli.line(
      cli.json ? record({ file, bytes: counted.bytes() }) : `wrote ${visible(file)}, ${bytes(counted.bytes())}`,
    );
  });
};

const defineVerify: Define = (command, cli) => {
  const verify = command.command("verify <file>");
  verify.description("Read all of a bundle, and say what it holds and whether it can be taken in here.");
  verify.action(async (file: string) => {
    const { open } = await openSource(cli.io, file);
    await tell(cli, await (await cli.repository()).verifyBundle(open, cli.watch()));
  });
};

const defineUnbundle: Define = (command, cli) => {
  const unbundle = command.command("unbundle <file>");
  unbundle.description("Take in a bundle; its branches stand beside those of remotes.");
  unbundle.option("--as <name>", "the remote's name for its branches (default: bundle)");
  unbundle.action(async (file: string, flags: { as?: string }) => {
    const { open } = await openSource(cli.io, file);
    const result = await (await cli.repository()).unbundle(open, basename(file), flags.as, cli.watch());
    if (cli.json) return void (await cli.line(record(fetchValue(result))));
    for (const line of fetchedLines(result, cli.paint)) await cli.line(line);
    for (const line of noteLines(result, "came")) cli.say(line);
    cli.say(`took in ${counted(result.traffic.objects, "block")}`);
  });
};

async function tell(cli: Cli, { refs, head, prerequisites, blocks, bytes: size }: BundleInfo): Promise<void> {
  if (cli.json) {
    const named = refs.map(({ name, cid }) => ({ ref: name, cid }));
    const members = { refs: named, prerequisites: [...prerequisites], blocks, bytes: size };
    return void (await cli.line(record({ ...members, head })));
  }
  for (const { name, cid } of refs) await cli.line(`${cli.paint.yellow(shortCid(cid))} ${visible(name)}`);
  cli.say(
    `${counted(blocks, "block")}, ${bytes(size)}; whole${prerequisites.length > 0 ? ", on top of what is here" : ""}`,
  );
}

async function pour(cli: Cli, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) await cli.out.bytes(chunk);
}

function count(chunks: AsyncIterable<Uint8Array>): { chunks: AsyncIterable<Uint8Array>; bytes: () => number } {
  let size = 0;
  async function* counting() {
    for await (const chunk of chunks) {
      size += chunk.length;
      yield chunk;
    }
  }
  return { chunks: counting(), bytes: () => size };
}
