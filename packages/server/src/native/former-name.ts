/** A dataset keeps its identity over renames, and diffs and restores go by it; a token goes by paths. So who may touch a path may not see what stood at another one. */
import type { Repository } from "@sheaf/core";
import type { Call } from "../call.js";

/** Throws 403 unless the caller may touch a dataset under every path that it has at these revisions. */
export async function permitFormerNames(
  call: Pick<Call, "caller" | "permit">,
  repo: Repository,
  path: string,
  revisions: readonly string[],
): Promise<void> {
  if (call.caller.mayTouch === undefined) return;
  const ids = new Set<string>();
  const names: { id: string; path: string }[] = [];
  for (const at of revisions)
    for await (const info of repo.datasets({ at })) {
      if (info.path === path) ids.add(info.id);
      names.push(info);
    }
  for (const named of names) if (ids.has(named.id)) await call.permit({ scope: "read", dataset: named.path });
}
