/** `sheaf config`. */
import { parseJson, printJson, SheafError, type Value } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { examples, type Define } from "../parse.js";
import { UsageError } from "../usage.js";

interface Flags {
  unset?: boolean;
  jsonValue?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .argument("[key]", "the setting, such as user.name; without it all settings are listed")
    .argument("[value]", "what to set it to")
    .option("--unset", "remove the setting")
    .option("--json-value", "the value is JSON, not text");
  examples(
    command,
    ['sheaf config user.name "Ada Lovelace"', "Say who makes the commits in this repository"],
    ["sheaf config user.name", "Print a setting"],
  );
  command.action(async (key: string | undefined, value: string | undefined, flags: Flags) => {
    // Who is just saying who they are need not be told to.
    cli.hints = false;
    const { config } = await cli.repository();
    if (key === undefined) return await list(cli, await config.all());
    if (flags.unset && value !== undefined) throw new UsageError("--unset takes a key and no value");
    if (flags.unset && !(await config.unset(key))) throw absent(key);
    if (flags.unset) return;
    if (value !== undefined) return await config.set(key, flags.jsonValue ? parseJson(value) : value);
    const found = await config.get(key);
    if (found === undefined) throw absent(key);
    await cli.line(cli.json ? printJson(found) : plain(found));
  });
};

async function list(cli: Cli, all: { [key: string]: Value }): Promise<void> {
  if (cli.json) return void (await cli.line(printJson(all)));
  for (const [key, value] of Object.entries(all)) await cli.line(`${key} = ${plain(value)}`);
}

function plain(value: Value): string {
  return typeof value === "string" ? value : printJson(value);
}

function absent(key: string): SheafError<"no-such-ref"> {
  return new SheafError("no-such-ref", { ref: key }, `${key} is not set; sheaf config lists what is`);
}
