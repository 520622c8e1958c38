/** Times as all four vendors write them. */
import type { Repository } from "@sheaf/core";

/** ISO 8601 in UTC, of seconds since 1970. */
export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

/** When the repository was made, as {@link isoTime}; 1970 where it does not tell. */
export async function birthTime({ context }: Repository): Promise<string> {
  return isoTime(((await context.logs.read("format"))?.time ?? 0) / 1000);
}
