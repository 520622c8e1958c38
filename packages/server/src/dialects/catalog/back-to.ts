/** The rows of a dataset put back to what they were. */
import { pointer, type Operation, type Repository } from "@sheaf/core";

/** The patch that turns the rows of a dataset back into what they were, under whatever path it was then. */
export async function backTo(repo: Repository, path: string, from: string, to: string): Promise<Operation[]> {
  const patch: Operation[] = [];
  for await (const change of repo.diff(from, to, { dataset: path })) {
    if (!("id" in change)) continue;
    const at = pointer("items", change.id);
    const move = (position: string) =>
      patch.push({ op: "add", path: pointer("positions", change.id), value: position });
    if (change.kind === "removed") patch.push({ op: "remove", path: at });
    if (change.kind === "added") patch.push({ op: "add", path: at, value: change.item });
    if (change.kind === "changed") patch.push({ op: "add", path: at, value: change.after });
    if (change.kind === "added") move(change.position);
    if (change.kind === "moved") move(change.to);
    if (change.kind === "changed" && change.moved) move(change.moved.to);
  }
  return patch;
}
