/** What many of Arize's requests share. */
import { maybe, t } from "../../schema.js";
import { invalid } from "./errors.js";

export const text = t.String();
export const inDataset = t.Object({ dataset_id: text });

/** A list whose elements stay exact. */
export const anyList = t.Array(t.Unknown());

/** How many a page has. */
export const limitOf = (most: number) => t.Optional(t.Integer({ minimum: 1, maximum: most, default: 50 }));

/** What a list of what stands in spaces is asked for. */
export const listQuery = t.Object({
  space_id: t.Optional(text),
  space_name: t.Optional(text),
  name: t.Optional(text),
  limit: limitOf(100),
  cursor: t.Optional(text),
});

export const anyAnswer = { 200: { description: "as Arize answers" } };

/** What a search names. */
export const searchFields = {
  filter: maybe(text),
  limit: maybe(t.Integer({ minimum: 1, maximum: 500 })),
  cursor: maybe(text),
};

/** Throws 422 for a filter: their language is not spoken here. */
export function checkFilter(filter: string | null | undefined): void {
  if (filter !== undefined && filter !== null)
    throw invalid(
      "filters of examples and runs are not understood here; leave the filter away, and pick from what is listed",
    );
}

/** Says whether a text holds another one, whatever the case. */
export function holds(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
