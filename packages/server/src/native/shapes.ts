/** The shapes that many routes share, as the library has them. */
import { t } from "../schema.js";

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
