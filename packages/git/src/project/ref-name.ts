/** Names of refs here ↔ names of refs in git: branches and tags keep theirs, Sheaf's own kinds go below `refs/sheaf/`. */

const own = /^refs\/(environments|notes|drafts)\//;
const shared = /^refs\/(?:heads|tags)\/./;
const ownInGit = /^refs\/sheaf\/(environments|notes|drafts)\/./;

/** The name in git of a ref; `undefined` for one that does not travel (remote-tracking refs, logs). */
export function toGitRef(name: string): string | undefined {
  if (shared.test(name)) return name;
  return own.test(name) ? `refs/sheaf/${name.slice("refs/".length)}` : undefined;
}

/** The name here of a ref in git; `undefined` for one that is nothing to Sheaf (`refs/pull/…`, notes). */
export function fromGitRef(name: string): string | undefined {
  if (shared.test(name)) return name;
  return ownInGit.test(name) ? `refs/${name.slice("refs/sheaf/".length)}` : undefined;
}
