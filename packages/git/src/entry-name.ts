/** Which names may stand in a git tree, as `git fsck --strict` judges them: a name must not become another on anybody's file system. */

/** Characters that HFS+ leaves out when it compares names. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** `.git` and its short name on NTFS, where dots and spaces at the end do not count and `:` begins a stream. */
const ntfsDotGit = /^(?:\.git|git~1)[. ]*(?:$|[\\:])/i;
/** `.gitmodules` and its short names on NTFS. */
const dotGitmodules = /^(?:\.gitmodules|gitmod~[1-4]|gi7eba~[1-9])[. ]*(?:$|:)/i;

/** Says what is wrong with a name, as a phrase that goes on after it; `undefined` when nothing is. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name === "." || name === "..") return "leads out of its folder";
  if (name.includes("/")) return "holds a slash";
  if (name.includes("\0")) return "holds a NUL";
  return isDotGit(name) ? "is git's own folder, at least on some file systems" : undefined;
}

/** Says whether some file system takes the name for `.git`. */
export function isDotGit(name: string): boolean {
  return /^\.git$/i.test(name.replace(ignoredByHfs, "")) || name.split("\\").some(part => ntfsDotGit.test(part));
}

/** Says whether some file system takes the name for `.gitmodules`, which must not be a link. */
export function isDotGitmodules(name: string): boolean {
  return dotGitmodules.test(name.replace(ignoredByHfs, "")) || name.split("\\").some(part => dotGitmodules.test(part));
}
