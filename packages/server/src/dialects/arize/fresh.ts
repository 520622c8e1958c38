/** Fresh ids of examples: UUIDs of version 7, ascending, so that by id, too, they stand as they came. */
import { madeUuid } from "../catalog/uuid.js";
import type { Desk } from "../../desk.js";

const last = new WeakMap<Desk, number>();

/** So many; all that this process makes later come behind them. */
export function freshIds(desk: Desk, count: number): string[] {
  const { platform } = desk.repo.context;
  const ms = Math.max(platform.now(), (last.get(desk) ?? 0) + 1);
  last.set(desk, ms);
  return Array.from({ length: count }, () => madeUuid(platform, 7, [platform.nonce()], ms)).sort();
}
