/** `sheaf ls`. */
import { examples, type Define } from "../parse.js";
import { record } from "../record.js";
import { grouped } from "../render/quantity.js";
import { visible } from "../render/paint.js";
import { printTable } from "../render/table.js";

export const define: Define = (command, cli) => {
  command
    .argument("[path]", "only the dataset of this path and those below it")
    .option("--at <rev>", "in this version (default: the current branch)");
  examples(
    command,
    ["sheaf ls", "List the datasets with their number of rows"],
    ["sheaf ls safety --at v1", "The datasets below safety/ in version v1"],
  );
  command.action(async (path: string | undefined, flags: { at?: string }) => {
    const repository = await cli.repository();
    const rows: string[][] = [];
    for await (const { path: dataset, count, cid, id, meta } of repository.datasets(flags)) {
      if (path !== undefined && dataset !== path && !dataset.startsWith(`${path.replace(/\/$/, "")}/`)) continue;
      if (cli.json) await cli.line(record({ dataset, rows: count, cid, id, meta }));
      else
        rows.push([
          visible(dataset),
          grouped(count),
          typeof meta["description"] === "string" ? visible(meta["description"]) : "",
        ]);
    }
    if (!cli.json)
      for (const line of printTable(["dataset", "rows", "description"], rows, cli, ["left", "right"]))
        await cli.line(line);
  });
};
