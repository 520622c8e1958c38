/** Files in headers: how a format and a name are told. */
import type { Format } from "@sheaf/formats";
import { ndjsonType } from "../answer.js";

export const mediaTypes: Readonly<Record<Format, string>> = {
  jsonl: ndjsonType,
  json: "application/json",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
};
export const gzipType = "application/gzip";

/** What an exported file may be. */
export const fileTypes: readonly string[] = [...Object.values(mediaTypes), gzipType];

/** Headers that let a browser keep the answer as a file of this name. */
export function attachment(name: string): { "content-disposition": string } {
  const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return {
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, escaped)}`,
  };
}
