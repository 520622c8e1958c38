/** The shapes that many routes share, as the library has them. */
import { t, type TSchema } from "../schema.js";

/** An object of these members and no others, so that a misspelt one is told and not passed over. */
export function fields<P extends Record<string, TSchema>>(
  members: P,
  told: { readonly examples?: readonly object[] } = {},
) {
  return t.Object(members, { additionalProperties: false, ...told });
}

/** The members that are there: an absent one is not the same as `undefined` in JSON. */
export function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const exampleCid = "bafyreih4ka7a6ntkzttb6vy3wqcdnmpqs5v3sfdwqbs2wgkr3ms5bx5fze";
export const cid = t.String({
  pattern: "^b[a-z2-7]+$",
  description: "a CID: version 1, sha2-256, base32",
  examples: [exampleCid],
});
export const revision = t.String({
  minLength: 1,
  description: "a branch, tag, commit, or main~3 and the like; default: the current branch",
  examples: ["main"],
});
export const at = t.Optional(revision);
export const dataset = t.String({
  minLength: 1,
  description: "the dataset's path, percent-encoded as one segment (safety%2Fjailbreaks)",
});
export const anyObject = t.Record(t.String(), t.Unknown());

/** A JSON Patch (RFC 6902); paths begin at the dataset's document. */
export const patch = t.Array(anyObject, {
  $id: "Patch",
  description: "a JSON Patch (RFC 6902): all of its operations, or none",
  examples: [[{ op: "replace", path: "/items/q7/answer", value: "4" }]],
});

export const datasetInfo = t.Object(
  {
    path: t.String(),
    id: t.String({ description: "stays when the dataset is renamed" }),
    cid,
    count: t.Integer({ minimum: 0, description: "rows" }),
    meta: anyObject,
  },
  {
    $id: "Dataset",
    description: "A dataset without its rows.",
    examples: [
      {
        path: "qa",
        id: "5f2b0c1e9d3a4b7c8e6f1a2b3c4d5e6f",
        cid: exampleCid,
        count: 120,
        meta: { description: "questions and answers" },
      },
    ],
  },
);

export const committed = t.Object(
  {
    commit: cid,
    advanced: t.Boolean({ description: "false where the edit changed nothing, so that no commit was made" }),
  },
  { $id: "Committed", description: "The commit that was made, or is the head still." },
);

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
export const row = t.Object(
  {
    id: t.String(),
    position: t.String({ description: "orders the rows of a dataset, byte by byte" }),
    cid,
    item: anyObject,
    meta: t.Optional(anyObject),
  },
  {
    $id: "Row",
    description: "A row: its item, and attributes of it beside, where there are any.",
    examples: [
      {
        id: "q7",
        position: "a3",
        cid: exampleCid,
        item: { answer: "4", question: "What is 2+2?" },
        meta: { tags: ["easy"] },
      },
    ],
  },
);

/** How many a page holds, and where it begins. */
export const pageQuery = {
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 10_000, default: 100 })),
  cursor: t.Optional(t.String({ description: "`next` of the page before; names the version, so that pages agree" })),
};

export const person = t.Object(
  { name: t.String(), email: t.String() },
  { $id: "Person", description: "Who.", examples: [{ name: "Ada", email: "ada@example.org" }] },
);
export const signature = t.Object(
  {
    name: t.String(),
    email: t.String(),
    time: t.Integer({ description: "seconds since 1970" }),
    zone: t.Integer({ description: "minutes east of UTC" }),
  },
  {
    $id: "Signature",
    description: "Who, and when.",
    examples: [{ name: "Ada", email: "ada@example.org", time: 1767225600, zone: 60 }],
  },
);

export const commitInfo = t.Object(
  {
    commit: cid,
    parents: t.Array(cid),
    author: signature,
    committer: signature,
    message: t.String(),
    attributes: anyObject,
  },
  { $id: "Commit", description: "One snapshot of every dataset, and where it came from." },
);

export const conflict = t.Object(
  {
    dataset: t.String(),
    id: t.Optional(t.String()),
    pointer: t.String(),
    run: t.Optional(t.Integer()),
    base: t.Optional(t.Unknown()),
    ours: t.Optional(t.Unknown()),
    theirs: t.Optional(t.Unknown()),
  },
  {
    $id: "Conflict",
    description: "A place that both sides changed, each in its own way; a side that has nothing there is absent.",
    examples: [{ dataset: "qa", id: "q7", pointer: "/answer", base: "3", ours: "4", theirs: "four" }],
  },
);

/** One move of a ref, for examples. */
export const exampleMove = {
  ref: "refs/heads/main",
  value: exampleCid,
  before: null,
  who: { name: "Ada", email: "ada@example.org" },
  time: 1767225600000,
  command: "commit",
  serial: 1,
};

/** A name and the commit that it names. */
export const refCommit = t.Object(
  { name: t.String(), commit: cid },
  { $id: "RefCommit", description: "A name and the commit that it names." },
);
