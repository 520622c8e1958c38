/** Names that no segment of a path can hold: the query has them, and `-` stands in the path. */
import { badInput } from "@sheaf/core";

/** The name of a row or column that a request asks for. Throws bad-input where path and query both name one. */
export function nameOf(what: "row" | "column", inPath: string, inQuery: string | undefined): string {
  if (inQuery === undefined || inQuery === inPath) return inPath;
  if (inPath === "-") return inQuery;
  throw badInput(`the path names a ${what} already: put - there where the query names it`);
}
