/** How a request becomes an edit: on the base that If-Match names, by its caller, through the queue of its branch. */
import type { Change, Edited, EditRequest } from "@sheaf/core";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { t } from "../schema.js";
import { cid, defined } from "./shapes.js";
import { commitOptions } from "./version.js";

/** What an edit takes of a query. */
export interface EditQuery {
  readonly branch?: string;
  readonly message?: string;
  readonly merge?: boolean;
}

/** The answer to an edit. */
export const edited = t.Object(
  {
    commit: cid,
    advanced: t.Boolean({ description: "false where the edit changed nothing, so that no commit was made" }),
    made: t.Array(t.String(), { description: "ids that were made for appended rows, in order", examples: [[]] }),
  },
  { $id: "Edited", description: "What came of an edit." },
);

/** What every edit may be answered beside its commit. */
export const editAnswers = {
  200: { description: "the commit", json: edited },
  409: { description: "it does not merge: `data.conflicts` says where; or it is refused by what is there" },
  412: { description: "the dataset changed since; `data` names both heads" },
} as const;

/**
 * Makes the changes in one commit, which requests of the same caller at the same time may share.
 *
 * @param rows  ids of the rows by whose items alone an old base is judged; without it by whole datasets
 */
export function edit(
  call: Call<unknown, EditQuery>,
  desk: Desk,
  changes: readonly Change[],
  rows?: readonly string[],
): Promise<Edited> {
  const { branch, signal: _signal, ...options } = commitOptions(call);
  const request: EditRequest = { changes, ...options, ...defined({ rows, merge: call.query.merge }) };
  return desk.edits.edit(request, branch, call.signal);
}
