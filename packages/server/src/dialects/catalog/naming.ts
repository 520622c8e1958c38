/**
 * Names that vendors give to datasets, and paths: every name has one path, and is read back from it.
 *
 * Most names are paths as they are. Of others the segments that no path may have (empty, `.`, `..`), those that hold a NUL or begin with `%`, and a first
 * segment `records`, below which records are, get a `%` in front, behind which `%`, `.` and NUL are written as `%25`, `%2E` and `%00`. So a rename of the
 * dataset renames it for vendors too, and nothing need be kept beside.
 */

/** The path of the dataset that a vendor calls so. What is no path even so (empty, too long) is refused by whoever makes the dataset. */
export function pathFor(name: string): string {
  if (name === "") return name;
  const segments = name.split("/");
  return segments
    .map((segment, i) => (isPlain(segment, i === 0 && segments.length > 1) ? segment : marked(segment)))
    .join("/");
}

/** What vendors call the dataset at a path; takes back {@link pathFor}. A path that it makes of no name is its own name. */
export function nameOf({ path }: { readonly path: string }): string {
  if (!path.includes("%")) return path;
  const name = path.split("/").map(unmarked).join("/");
  return pathFor(name) === path ? name : path;
}

function isPlain(segment: string, isFolder: boolean): boolean {
  if (segment === "" || segment === "." || segment === ".." || segment.startsWith("%")) return false;
  return !segment.includes("\0") && !(isFolder && segment === "records");
}

function marked(segment: string): string {
  const escaped = segment.replaceAll("%", "%25").replaceAll("\0", "%00");
  return `%${/^\.\.?$/.test(escaped) ? escaped.replaceAll(".", "%2E") : escaped}`;
}

function unmarked(segment: string): string {
  if (!segment.startsWith("%")) return segment;
  return segment.slice(1).replaceAll("%2E", ".").replaceAll("%00", "\0").replaceAll("%25", "%");
}
