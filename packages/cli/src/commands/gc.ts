/** `sheaf gc`. */
import { examples, type Define } from "../parse.js";
import { tellReport } from "../render/report.js";

interface Flags {
  dryRun?: boolean;
}

export const define: Define = (command, cli) => {
  command
    .option("--dry-run", "only say what would go")
    .addHelpText(
      "after",
      "\nIt works in two steps, so that nobody who is reading or writing is disturbed: what no ref reaches is condemned, and removed by a later gc\nwhen a grace has passed.",
    );
  examples(command, ["sheaf gc --dry-run", "Say what could be removed"]);
  command.action(async ({ dryRun = false }: Flags) => {
    await tellReport(cli, await (await cli.repository()).gc({ dryRun, ...cli.watch() }));
  });
};
