/** Sheaf commits as git commits that people can read, and back; and the way to git hosts. What needs Node is in `@sheaf/git/node`. */
export type * from "./object.js";
export { adoptAll, type HistoryPlace } from "./adopt/history.js";
export type { AdoptionPlace } from "./adopt/commit.js";
export { UploadPack, type UploadPlace } from "./host/upload-pack.js";
