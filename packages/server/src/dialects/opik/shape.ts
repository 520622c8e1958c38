/** What many shapes of Opik's share. */
import type { Value, ValueObject } from "@sheaf/core";

/** The members that are there. */
export function compact(members: Readonly<Record<string, Value | undefined>>): ValueObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as ValueObject;
}

/** Elements by a key of theirs, in their order. */
export function groupedBy<T, K>(all: readonly T[], key: (element: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const element of all) {
    const own = groups.get(key(element));
    if (own) own.push(element);
    else groups.set(key(element), [element]);
  }
  return groups;
}

/** A name as names are compared: whatever its case. */
export function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
