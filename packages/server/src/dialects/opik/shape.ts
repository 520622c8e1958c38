/** What many shapes of Opik's share. */
import type { Value, ValueObject } from "@sheaf/core";

/** The members that are there. */
export function compact(members: Readonly<Record<string, Value | undefined>>): ValueObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as ValueObject;
}

/** A name as names are compared: whatever its case. */
export function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
