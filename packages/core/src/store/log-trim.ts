/** Drops old entries of logs: one goes only when its successor is old too, so the newest always stays. */
import type { LogEntry } from "./log-entry.js";
import type { Logs } from "./logs.js";

/** Removes what was succeeded before `before` (milliseconds since 1970), oldest first, and logs deleted long before; gives how many entries. */
export async function trimLogs(logs: Logs, before: number, isDryRun: boolean): Promise<number> {
  let trimmed = 0;
  for await (const name of logs.names()) {
    for (const { number } of await oldEntries(logs, name, before)) {
      if (!isDryRun) await logs.remove(name, number);
      trimmed++;
    }
  }
  return trimmed;
}

/** The entries to remove, oldest first: readers count on that order. */
async function oldEntries(logs: Logs, name: string, before: number): Promise<LogEntry[]> {
  const old: LogEntry[] = [];
  let successor: LogEntry | undefined;
  for await (const entry of logs.history(name)) {
    const isLongGone = !successor && entry.value === null && entry.time < before;
    if (isLongGone || (successor && successor.time < before)) old.unshift(entry);
    successor = entry;
  }
  return old;
}
