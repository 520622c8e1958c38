/** One JSON object on one line, its members in the order given, numbers exactly. */
import { printJson, type Value } from "@sheaf/core";

/** Members of a printed object; an absent one is left out. */
export interface Members {
  readonly [name: string]: Value | undefined;
}

/** Prints the members as one JSON object. */
export function record(members: Members): string {
  return printMembers(
    Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, printJson(value)] as const],
    ),
  );
}

/** Prints an object of members whose values are JSON text already. */
export function printMembers(members: Iterable<readonly [string, string]>): string {
  return `{${[...members].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}
