/** Times as all four vendors write them. */
import type { Repository } from "@sheaf/core";

/** ISO 8601 in UTC, of seconds since 1970. */
export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

/** The time by the clock of the repository's platform, as {@link isoTime}. */
export function nowTime({ context }: Repository): string {
  return isoTime(context.platform.now() / 1000);
}

/** When the repository was made, as {@link isoTime}; 1970 where it does not tell. */
export async function birthTime({ context }: Repository): Promise<string> {
  return isoTime(((await context.logs.read("format"))?.time ?? 0) / 1000);
}
