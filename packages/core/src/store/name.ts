/** Names on a drive: the alphabet that `drive.ts` promises, and the bounds of a span. */
import { SheafError } from "../errors.js";
import type { Span } from "./drive.js";

const segment = "[a-z0-9\\-_~%][a-z0-9\\-_.~%]{0,199}";
const wellFormed = new RegExp(`^${segment}(?:/${segment})*$`);

/** Says whether this is a name that a drive takes. */
export function isDriveName(name: string): boolean {
  return wellFormed.test(name);
}

/** Throws drive-failed unless this is a name that a drive takes: no name can lead out of a drive. */
export function checkDriveName(name: string): void {
  if (isDriveName(name)) return;
  const reason = "it is not a name of the drive's alphabet";
  throw new SheafError(
    "drive-failed",
    { name, reason },
    `${JSON.stringify(name)} cannot name bytes on a drive: ${reason}`,
  );
}

/** The first byte of a span and the one after its last, cut to what is there. */
export function clip(span: Span | undefined, length: number): { start: number; end: number } {
  if (span === undefined) return { start: 0, end: length };
  const start = span.start < 0 ? Math.max(0, length + span.start) : Math.min(span.start, length);
  const end = Math.min(span.end ?? length, length);
  return { start, end: Math.max(start, end) };
}
