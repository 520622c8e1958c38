/** A whole diff on standard output. */
import type { Difference } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { differenceJson, DifferencePrinter } from "./difference.js";

/** Prints differences as they come: JSON lines, or lines for people. Says how many there were. */
export async function tellDifferences(cli: Cli, differences: AsyncIterable<Difference>): Promise<number> {
  const printer = new DifferencePrinter(cli.paint);
  let count = 0;
  for await (const difference of differences) {
    count++;
    const text = cli.json ? differenceJson(difference) : printer.lines(difference).join("\n");
    const full = cli.line(text);
    if (full !== undefined) await full;
  }
  return count;
}
