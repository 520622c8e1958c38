/** Every command: its name, its one line, and where its code is. Nothing here loads a command. */
import type { Define } from "./parse.js";

export interface Verb {
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
  /** Left out of the list and of the documentation. */
  readonly hidden?: true;
}

/** The groups in which help lists the commands, in the order of a first day with Sheaf. */
export const groups: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  "Start a repository": {
    init: { summary: "make a repository in a folder", load: () => import("./commands/init.js") },
    clone: { summary: "make a repository from another one", load: () => import("./commands/clone.js") },
    config: { summary: "read and change settings", load: () => import("./commands/config.js") },
  },
  "Bring data in and out": {
    import: { summary: "make a dataset's rows from a file", load: () => import("./commands/import.js") },
    export: { summary: "write a dataset to a file", load: () => import("./commands/export.js") },
  },
  "Look at data": {
    ls: { summary: "list the datasets", load: () => import("./commands/ls.js") },
    rows: { summary: "show a dataset's rows", load: () => import("./commands/rows.js") },
    get: { summary: "print one item", load: () => import("./commands/get.js") },
    blame: {
      summary: "say which commit last changed each row, or each field of one",
      load: () => import("./commands/blame.js"),
    },
  },
  "Change data": {
    patch: { summary: "apply a JSON Patch to a dataset", load: () => import("./commands/patch.js") },
    edit: { summary: "edit one item in your editor", load: () => import("./commands/edit.js") },
    columns: { summary: "list, rename, remove and order columns", load: () => import("./commands/columns.js") },
    dataset: { summary: "create, rename, remove and describe datasets", load: () => import("./commands/dataset.js") },
    restore: { summary: "bring a dataset back to an earlier version", load: () => import("./commands/restore.js") },
  },
  "Look at history": {
    status: { summary: "say where you are", load: () => import("./commands/status.js") },
    log: { summary: "list commits, newest first", load: () => import("./commands/log.js") },
    show: { summary: "show a commit and what it changed", load: () => import("./commands/show.js") },
    diff: { summary: "compare two versions, field by field", load: () => import("./commands/diff.js") },
    reflog: { summary: "list the moves of a branch", load: () => import("./commands/reflog.js") },
  },
  "Work in branches": {
    branch: { summary: "list, make, rename and delete branches", load: () => import("./commands/branch.js") },
    switch: { summary: "change the current branch", load: () => import("./commands/switch.js") },
    merge: { summary: "join another line of history into a branch", load: () => import("./commands/merge.js") },
    rebase: {
      summary: "put a branch's own commits on top of another one",
      load: () => import("./commands/rebase.js"),
    },
    conflicts: { summary: "list the conflicts of a merge", load: () => import("./commands/conflicts.js") },
    resolve: { summary: "decide conflicts of a merge", load: () => import("./commands/resolve.js") },
    revert: { summary: "make a commit that takes another back", load: () => import("./commands/revert.js") },
    "cherry-pick": { summary: "make another commit's changes here", load: () => import("./commands/cherry-pick.js") },
    undo: {
      summary: "take back the last command that moved a branch or tag",
      load: () => import("./commands/undo.js"),
    },
    tag: { summary: "list, make and delete tags", load: () => import("./commands/tag.js") },
    env: { summary: "say which version of a dataset each environment has", load: () => import("./commands/env.js") },
  },
  "Work with others": {
    remote: { summary: "list, name and forget other repositories", load: () => import("./commands/remote.js") },
    fetch: { summary: "get what another repository has", load: () => import("./commands/fetch.js") },
    pull: { summary: "fetch, and merge it into the current branch", load: () => import("./commands/pull.js") },
    push: { summary: "send branches and tags to another repository", load: () => import("./commands/push.js") },
    bundle: { summary: "carry commits in a file", load: () => import("./commands/bundle.js") },
  },
  "Serve it": {
    serve: { summary: "serve the repository over HTTP", load: () => import("./commands/serve.js") },
    token: { summary: "make, list and revoke tokens for the server", load: () => import("./commands/token.js") },
  },
  "Keep it healthy": {
    verify: { summary: "check every block and ref", load: () => import("./commands/verify.js") },
    gc: { summary: "remove what no ref reaches", load: () => import("./commands/gc.js") },
    repack: { summary: "join packs and compress them", load: () => import("./commands/repack.js") },
    completion: { summary: "print the completion script of a shell", load: () => import("./commands/completion.js") },
  },
};

/** Every command by its name. */
export const verbs: ReadonlyMap<string, Verb> = new Map(Object.values(groups).flatMap(group => Object.entries(group)));

/** The word behind which the scripts of shells ask what may stand in a line: its index, then the line. */
export const completionWord = "__complete";
