/** If-Match: an edit that is made on the content that its maker saw, or on none other. */
import type { Asked } from "../../asked.js";
import type { DatasetVersion, Platform } from "@sheaf/core";
import { HttpError } from "../../problem.js";
import { etagOf } from "./shapes.js";

/** Says whether a request is bound to one content. */
export function isBound({ headers }: Asked): boolean {
  return tagsOf(headers).length > 0;
}

/** Throws 412 where the content is none of those that If-Match names. */
export function checkMatch({ headers }: Asked, platform: Platform, version: DatasetVersion): void {
  const tags = tagsOf(headers);
  const now = etagOf(platform, version);
  if (tags.length === 0 || tags.includes(now)) return;
  throw new HttpError(
    412,
    "stale-base",
    `the dataset changed since: its ETag is ${now}, and If-Match names ${tags.join(", ")}; read it again and repeat the edit`,
    { etag: now },
  );
}

/** The tags without quotes and `W/`; none where there is no such header, or it is `*`. */
function tagsOf(headers: Headers): string[] {
  const given = headers.get("if-match");
  if (given === null) return [];
  const tags = given.split(",").map(tag =>
    tag
      .trim()
      .replace(/^W\//i, "")
      .replace(/^"(.*)"$/, "$1"),
  );
  return tags.includes("*") ? [] : tags;
}
