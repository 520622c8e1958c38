/** When rows were made and last changed, and by whom: from history. */
import { isoTime } from "../catalog/time.js";
import type { Origin } from "./item.js";
import type { Ask } from "./operation.js";
import { stateOf } from "./state.js";

/** The origins of rows at a commit; of all of them without `ids`. */
export async function originsOf(
  ask: Ask,
  path: string,
  commit: string,
  ids?: readonly string[],
): Promise<Map<string, Origin>> {
  const origins = new Map<string, Origin>();
  const { signal } = ask.call;
  for await (const row of ask.repo.dataset(path).blame({ at: commit, signal, ...(ids ? { ids } : {}) }))
    origins.set(row.id, {
      created_at: isoTime(row.createdTime),
      created_by: await authorOf(ask, row.created),
      last_updated_at: isoTime(row.changedTime),
      last_updated_by: await authorOf(ask, row.changed),
    });
  return origins;
}

async function authorOf({ repo, desk }: Ask, commit: string): Promise<string> {
  const { authors } = stateOf(desk);
  return authors.get(commit) ?? authors.keep(commit, (await repo.show(commit)).author.name);
}
