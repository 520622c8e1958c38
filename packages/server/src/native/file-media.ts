/** The media types of files: how a format is told in a header. */
import type { Format } from "@sheaf/formats";

export const mediaTypes: Readonly<Record<Format, string>> = {
  jsonl: "application/x-ndjson",
  json: "application/json",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
};
export const gzipType = "application/gzip";

/** What an exported file may be. */
export const fileTypes: readonly string[] = [...Object.values(mediaTypes), gzipType];
