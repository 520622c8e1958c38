/** `sheaf repack`. */
import { examples, type Define } from "../parse.js";
import { tellReport } from "../render/report.js";

interface Flags {
  all?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .option("--all", "also packs that are large enough to stay")
    .addHelpText("after", "\nSheaf does this by itself as packs add up; reading and writing go on meanwhile.");
  examples(command, ["sheaf repack --all", "Compress everything as well as can be"]);
  command.action(async ({ all = false }: Flags) => {
    await tellReport(cli, await (await cli.repository()).repack({ all, ...cli.watch() }));
  });
};
