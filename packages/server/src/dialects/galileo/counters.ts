/** What changed from one version to the next, counted in rows and columns; remembered, as versions seldom change. */
import { isSheafError, type DatasetInfo, type Repository } from "@sheaf/core";
import type { Columns } from "../catalog/columns.js";
import type { Version } from "./versions.js";

export interface Counts {
  readonly num_rows: number;
  readonly column_names: readonly string[];
  readonly rows_added: number;
  readonly rows_removed: number;
  readonly rows_edited: number;
  readonly columns_added: number;
  readonly columns_removed: number;
  readonly columns_renamed: number;
}

const maxKept = 4096;

export class Counters {
  /** By the commits before and after. */
  readonly #kept = new Map<string, Promise<Counts>>();

  constructor(
    readonly repo: Repository,
    readonly columns: Columns,
  ) {}

  /** Of a version against the one before it; the first one added all that it has. */
  of(dataset: DatasetInfo, version: Version, before: Version | undefined): Promise<Counts> {
    const name = `${dataset.id} ${before?.commit ?? ""} ${version.commit}`;
    let counts = this.#kept.get(name);
    if (!counts) {
      counts = this.#count(dataset, version, before);
      counts.catch(() => this.#kept.delete(name));
      if (this.#kept.size >= maxKept) this.#kept.clear();
      this.#kept.set(name, counts);
    }
    return counts;
  }

  async #count(dataset: DatasetInfo, version: Version, before: Version | undefined): Promise<Counts> {
    const now = await this.repo.versions.read(dataset, version);
    const names = await this.columns.of(now);
    const was = before && (await this.repo.versions.read(dataset, before));
    const namesBefore = was ? await this.columns.of(was) : [];
    const renamed = version.renames;
    const rows =
      before && was
        ? await this.#rows(before, version, [now.path, was.path])
        : { added: now.info.count, removed: 0, changed: 0 };
    return {
      num_rows: now.info.count,
      column_names: names,
      rows_added: rows.added,
      rows_removed: rows.removed,
      rows_edited: rows.changed,
      columns_added: Math.max(0, names.filter(name => !namesBefore.includes(name)).length - renamed),
      columns_removed: Math.max(0, namesBefore.filter(name => !names.includes(name)).length - renamed),
      columns_renamed: renamed,
    };
  }

  async #rows(before: Version, version: Version, paths: readonly string[]) {
    for (const dataset of paths) {
      try {
        const stat = await this.repo.diffStat(before.commit, version.commit, { dataset });
        if (Object.hasOwn(stat, dataset)) return stat[dataset];
      } catch (error) {
        if (!isSheafError(error, "no-such-dataset")) throw error;
      }
    }
    return { added: 0, removed: 0, changed: 0 };
  }
}
