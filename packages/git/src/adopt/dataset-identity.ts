/**
 * Which dataset each changed folder is.
 *
 * Its id is the one in `dataset.json`. Where several have one id, it stays with the folder that has it in the base, else goes to the one whose `dataset.json` has the
 * path of its folder, else to the first in order; the others (copies) and those without an id have that of the base's dataset in the same folder if it is
 * free, and else a made one.
 */
import { compareText, datasetIdOf, type DatasetBlock, type Digest, type Platform } from "@sheaf/core";
import type { DatasetFolder } from "./survey.js";

/** A dataset's folder in the new tree. */
export interface Claimant {
  readonly at: DatasetFolder;
  readonly path: string;
  /** The dataset that the first parent with one in this folder has there. */
  readonly here: DatasetBlock | undefined;
}

export interface IdentityRules {
  readonly platform: Platform;
  /** The first adopted parent. */
  readonly parent: Digest | undefined;
  /** Says whether a dataset that did not change has the id. */
  isElsewhere(id: string): Promise<boolean>;
}

/** Gives each its id; all differ. */
export async function settleDatasetIds(
  claimants: readonly Claimant[],
  rules: IdentityRules,
): Promise<Map<Claimant, string>> {
  const sorted = claimants.toSorted((a, b) => compareText(a.at.folder, b.at.folder));
  const settled = new Map<Claimant, string>();
  const taken = new Set<string>();
  const give = (claimant: Claimant, id: string) => {
    settled.set(claimant, id);
    taken.add(id);
  };
  const rivals = new Map<string, Claimant[]>();
  for (const claimant of sorted) {
    const { id } = claimant.at.facts;
    if (id !== undefined) rivals.set(id, [...(rivals.get(id) ?? []), claimant]);
  }
  for (const [id, list] of rivals) {
    const winner = await winnerOf(list, id, rules);
    if (winner) give(winner, id);
  }
  for (const claimant of sorted) {
    const id = claimant.here?.id;
    if (settled.has(claimant) || id === undefined || taken.has(id) || (await rules.isElsewhere(id))) continue;
    give(claimant, id);
  }
  for (const claimant of sorted)
    if (!settled.has(claimant)) give(claimant, datasetIdOf(rules.platform, claimant.path, rules.parent));
  return settled;
}

async function winnerOf(rivals: readonly Claimant[], id: string, rules: IdentityRules): Promise<Claimant | undefined> {
  const own = rivals.find(({ here }) => here?.id === id);
  if (own) return own;
  if (await rules.isElsewhere(id)) return undefined;
  return rivals.find(({ at, path }) => at.facts.path === path) ?? rivals[0];
}
