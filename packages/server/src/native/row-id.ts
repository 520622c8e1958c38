/** How a request names a row: in its path, or beside it for the two ids that no path can hold. */
import { badInput } from "@sheaf/core";
import { t } from "../schema.js";
import { dataset } from "./shapes.js";

/** Stands in the path where the query names the row. No row has this id. */
const elsewhere = "-";

export const rowParams = t.Object({
  dataset,
  id: t.String({
    minLength: 1,
    description: "the row's id, percent-encoded; `-` where the query names it",
  }),
});

export const rowQuery = {
  row: t.Optional(
    t.String({
      minLength: 1,
      description: "with `-` as the id in the path, the row's id: for `.` and `..`, which a URL takes for steps",
    }),
  ),
};

/** The id of the row that a request names. Throws bad-input where path and query both do. */
export function rowIdOf({
  params,
  query,
}: {
  readonly params: { readonly id: string };
  readonly query: { readonly row?: string };
}): string {
  if (query.row === undefined || query.row === params.id) return params.id;
  if (params.id === elsewhere) return query.row;
  throw badInput("the path names a row already: put - there where the query names it");
}

/** The path of a row, as it stands behind `rows/`. */
export function rowSegment(id: string): string {
  return id === "." || id === ".." ? `${elsewhere}?row=${id}` : encodeURIComponent(id);
}
