/** A dataset with versions, of which something is said, for tests of what becomes of that elsewhere. */
import { amended, type Cid, type Repository, type ValueObject } from "@sheaf/core";
import { rowsOf, Town } from "./town.js";

/** A repository with a dataset that has no version yet, in a town where `mem:origin` is. */
export async function started(town = new Town()) {
  await town.open("origin");
  const ada = await town.open("ada");
  await ada.createDataset("qa", undefined, { attributes: amended });
  await ada.addRemote("origin", "mem:origin");
  return { town, ada, id: (await ada.dataset("qa").info()).id };
}

/** Adds a row. */
export async function put(repo: Repository, id: string, options: { attributes?: ValueObject; branch?: string } = {}) {
  const patch = [{ op: "add", path: `/items/${id}`, value: { id } }] as const;
  return (await repo.edit([{ dataset: "qa", patch }], options)).commit;
}

/** Changes a version beside the branch. */
export async function besides(repo: Repository, number: number, id: string): Promise<Cid> {
  const version = (await repo.versions.of("qa")).find(one => one.number === number);
  await repo.draft("beside", { at: version?.commit ?? "" });
  const commit = await put(repo, id, { branch: "refs/drafts/beside", attributes: amended });
  await repo.versions.amend("qa", number, commit);
  await repo.deleteDraft("beside");
  return commit;
}

/** Gives a version a name. */
export const name = (repo: Repository, number: number, text: string) =>
  repo.versions.note("qa", number, note => ({ ...note, name: text }));

/** Number, name and ids of the rows of each version. */
export async function shown(repo: Repository): Promise<unknown[]> {
  const versions = await repo.versions.of("qa");
  return Promise.all(
    versions.map(async ({ number, note, commit }) => [
      number,
      note["name"] ?? null,
      (await rowsOf(repo, "qa", commit)).map(row => row.split(" ")[0]).join(),
    ]),
  );
}
