/** Patterns of dataset paths: `qa` itself, `safety/*` what is right below, `team/**` all that is below; a star may be part of a segment. */

/** Says what is wrong with a pattern; `undefined` when nothing is. */
export function patternFault(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (pattern.length > 1024) return "is longer than 1024 characters";
  if (pattern.split("/").some(segment => segment === "")) return "has an empty part between slashes";
  if (pattern.split("/").some(segment => segment.length > 2 && segment.includes("**")))
    return "holds ** beside other characters of a part";
  return undefined;
}

/** Says whether a path fits one of the patterns. */
export function fits(path: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => fitsSegments(path.split("/"), pattern.split("/")));
}

function fitsSegments(path: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.length === 0) return path.length === 0;
  const [first, ...rest] = pattern;
  if (first === "**") {
    if (rest.length === 0) return path.length > 0;
    return path.some((_, from) => fitsSegments(path.slice(from), rest));
  }
  return path.length > 0 && fitsSegment(path[0], first) && fitsSegments(path.slice(1), rest);
}

/** Between stars the parts stand in order: the first at the beginning, the last at the end. Never backtracks. */
function fitsSegment(segment: string, pattern: string): boolean {
  const [head, ...parts] = pattern.split("*");
  const tail = parts.pop();
  if (tail === undefined) return segment === head;
  if (!segment.startsWith(head) || segment.length < head.length + tail.length || !segment.endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = segment.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= segment.length - tail.length;
}
