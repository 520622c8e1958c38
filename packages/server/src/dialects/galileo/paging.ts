/** Pages of all Galileo's lists: from a first row on, at most so many. */
import { t } from "../../schema.js";

export const pageQuery = {
  starting_token: t.Optional(t.Integer({ minimum: 0, maximum: 2 ** 31, default: 0 })),
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 2 ** 31, default: 100 })),
};

export interface Page {
  readonly starting_token: number;
  readonly limit: number;
}

/** What a query asks for. */
export function pageOf({ starting_token = 0, limit = 100 }: Partial<Page>): Page {
  return { starting_token, limit };
}

/** The part of a list that was asked for, and the fields that tell of the rest. */
export function paged<T>(all: readonly T[], { starting_token, limit }: Page) {
  const part = all.slice(starting_token, starting_token + limit);
  const next = starting_token + part.length;
  const hasMore = part.length > 0 && next < all.length;
  return {
    part,
    fields: { starting_token, limit, paginated: hasMore, next_starting_token: hasMore ? next : null },
  };
}
