/** Reports of upkeep: counts by name, as one JSON object or a line each. */
import type { Value } from "@sheaf/core";
import type { Cli } from "../cli.js";
import { record } from "../record.js";
import { bytes, grouped } from "./quantity.js";

/** Prints the counts of a report; lists count as many as they have. */
export async function tellReport(cli: Cli, report: object): Promise<void> {
  if (cli.json) return void (await cli.line(record(report as { [name: string]: Value })));
  for (const [name, value] of Object.entries(report)) {
    const count: unknown = Array.isArray(value) ? value.length : value;
    if (typeof count === "number")
      await cli.line(`${words(name)}: ${/bytes/i.test(name) ? bytes(count) : grouped(count)}`);
  }
}

/** `bytesBefore` as `bytes before`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}
