/** The shapes that many routes share, as the library has them. */
import { t, type Static, type TSchema } from "../schema.js";

/** An object of these members and no others, so that a misspelt one is told and not passed over. */
export function fields<P extends Record<string, TSchema>>(members: P) {
  return t.Object(members, { additionalProperties: false });
}

/** The members that are there: an absent one is not the same as `undefined` in JSON. */
export function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const cid = t.String({ pattern: "^b[a-z2-7]+$", description: "a CID: version 1, sha2-256, base32" });
export const revision = t.String({
  minLength: 1,
  description: "a branch, tag, commit, or main~3 and the like; default: the current branch",
});
export const at = t.Optional(revision);
export const dataset = t.String({
  minLength: 1,
  description: "the dataset's path, percent-encoded as one segment (safety%2Fjailbreaks)",
});
export const anyObject = t.Record(t.String(), t.Unknown());

export const datasetInfo = t.Object({
  path: t.String(),
  id: t.String(),
  cid,
  count: t.Integer({ minimum: 0, description: "rows" }),
  meta: anyObject,
});

export const committed = t.Object({
  commit: cid,
  advanced: t.Boolean({ description: "false where the edit changed nothing, so that no commit was made" }),
});

/** What every route that makes a commit takes beside its body. */
export const commitQuery = {
  branch: t.Optional(t.String({ minLength: 1, description: "the branch that moves; default: the current one" })),
  message: t.Optional(t.String({ description: "the commit's message; default: what was done" })),
};

/** What every edit takes that can be made on an old version: with If-Match, the version that it was made on. */
export const editQuery = {
  ...commitQuery,
  merge: t.Optional(
    t.Boolean({
      description: "merge an edit on an old version (If-Match) into the newest, field by field, instead of refusing it",
    }),
  ),
};

/** A row as it is told; `position` orders the rows of its dataset. */
export const row = t.Object({
  id: t.String(),
  position: t.String(),
  cid,
  item: anyObject,
  meta: t.Optional(anyObject),
});

/** How many a page holds, and where it begins. */
export const pageQuery = {
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 10_000, default: 100 })),
  cursor: t.Optional(t.String({ description: "`next` of the page before; names the version, so that pages agree" })),
};

export const person = t.Object({ name: t.String(), email: t.String() });
export const signature = t.Object({
  name: t.String(),
  email: t.String(),
  time: t.Integer({ description: "seconds since 1970" }),
  zone: t.Integer({ description: "minutes east of UTC" }),
});

export const commitInfo = t.Object({
  commit: cid,
  parents: t.Array(cid),
  author: signature,
  committer: signature,
  message: t.String(),
  attributes: anyObject,
});

export const conflict = t.Object({
  dataset: t.String(),
  id: t.Optional(t.String()),
  pointer: t.String(),
  run: t.Optional(t.Integer()),
  base: t.Optional(t.Unknown()),
  ours: t.Optional(t.Unknown()),
  theirs: t.Optional(t.Unknown()),
});

/** What a handler sees of a query of these members. */
export type QueryOf<P extends Record<string, TSchema>> = Static<ReturnType<typeof fields<P>>>;

/** A name and the commit that it names. */
export const refCommit = t.Object({ name: t.String(), commit: cid });
