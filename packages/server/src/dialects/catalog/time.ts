/** Times as all four vendors write them. */

/** ISO 8601 in UTC, of seconds since 1970. */
export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}
