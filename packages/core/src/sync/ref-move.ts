/** Moves of refs that another side asked for: by compare-and-swap, each on its own. */
import { isSheafError } from "../errors.js";
import type { LogEntry, Logs } from "../store/logs.js";
import type { RefOutcome, RefUpdate } from "./remote.js";

/** Who moves refs, and where: for the log, and for words. */
export interface Mover {
  readonly who: { readonly name: string; readonly email: string };
  readonly zone: number;
  /** As in `main at <place> is … now`. */
  readonly place: string;
}

/** Moves a ref. What it says now must be what the update was made from. */
export async function moveRef(logs: Logs, { name, to, from }: RefUpdate, mover: Mover): Promise<RefOutcome> {
  const entry = await logs.read(name);
  if ((entry?.value ?? null) !== (from?.value ?? null)) return lost(name, entry, mover);
  if (to === null && (await logs.read("HEAD"))?.value === name)
    return { name, ok: false, reason: "refused", message: `${name} is the current branch at ${mover.place}` };
  try {
    const { who, zone } = mover;
    const moved = await logs.move(name, { from: entry, to, who, zone, command: "push" });
    return moved.ok ? { name, ok: true } : lost(name, moved.head, mover);
  } catch (error) {
    if (isSheafError(error, "already-exists")) return { name, ok: false, reason: "refused", message: error.message };
    throw error;
  }
}

function lost(name: string, entry: LogEntry | undefined, { place }: Mover): RefOutcome {
  return { name, ok: false, reason: "moved", message: `${name} at ${place} is ${entry?.value ?? "gone"} now` };
}
