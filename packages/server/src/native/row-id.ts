/** How a request names a row: in its path, or beside it for the two ids that no path can hold. */
import { t } from "../schema.js";
import { nameOf } from "./segment.js";
import { dataset } from "./shapes.js";

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
  return nameOf("row", params.id, query.row);
}

/** The path of a row, as it stands behind `rows/`. */
export function rowSegment(id: string): string {
  return id === "." || id === ".." ? `-?row=${id}` : encodeURIComponent(id);
}
