/**
 * Ids as Opik demands them: UUIDs of version 7. What has another id in Sheaf is shown under one that is made from it.
 *
 * A made id begins with a time before 2004, in which it says of which dataset the row is, so that it is looked for in that one alone.
 */
import type { DatasetInfo, DatasetVersion, Platform, Repository } from "@sheaf/core";
import { attributeOf, type Naming } from "../catalog/catalog.js";
import { RowIds } from "../catalog/row-ids.js";
import { freshUuid, madeUuid } from "../catalog/uuid.js";

/** A UUIDv7 in lower case. */
export const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Digits of the time of a made id that say of which dataset the row is; those before them are 0. */
const hintDigits = 10;

export class Ids {
  readonly #hints = new Map<string, number>();
  readonly rows: RowIds;

  constructor(readonly platform: Platform) {
    this.rows = new RowIds({
      fits: id => uuid7.test(id),
      make: (dataset, id) => madeUuid(platform, 7, [dataset, id], this.#hint(dataset)),
    });
  }

  /** What Opik calls a dataset: what a client called it, else one made of Sheaf's id. The same function each time, for the catalog. */
  readonly ofDataset: Naming = (dataset: DatasetInfo) => {
    const { id } = opikOf(dataset);
    return typeof id === "string" && uuid7.test(id) ? id : madeUuid(this.platform, 7, ["dataset", dataset.id], 0);
  };

  /** The row's own id for one that Opik knows; `undefined` where the dataset has no such row. */
  async find(version: DatasetVersion, shown: string): Promise<string | undefined> {
    if ((await version.cid(shown)) !== undefined) return shown;
    const hint = shown.replaceAll("-", "").slice(0, hintDigits + 2);
    if (!hint.startsWith("00") || Number.parseInt(hint, 16) !== this.#hint(version.info.id)) return undefined;
    return this.rows.find(version, shown);
  }

  /** What Opik calls a row. */
  shown(version: DatasetVersion, id: string): string {
    return this.rows.shown(version.info.id, id);
  }

  /** So many fresh ids of now, ascending. */
  fresh(count: number): string[] {
    return Array.from({ length: count }, () => freshUuid(this.platform, 7)).sort();
  }

  #hint(dataset: string): number {
    let hint = this.#hints.get(dataset);
    if (hint === undefined) {
      const digits = madeUuid(this.platform, 8, ["rows", dataset]).replaceAll("-", "").slice(0, hintDigits);
      if (this.#hints.size > 10_000) this.#hints.clear();
      this.#hints.set(dataset, (hint = Number.parseInt(digits, 16)));
    }
    return hint;
  }
}

/** What Opik keeps in a dataset's metadata. */
export interface OpikAttributes {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly visibility?: unknown;
  readonly tags?: unknown;
  readonly project_id?: unknown;
  /** Milliseconds since 1970. */
  readonly created_at?: unknown;
  readonly created_by?: unknown;
  /** Defaults for the items of a version. */
  readonly evaluators?: unknown;
  readonly execution_policy?: unknown;
}

export function opikOf(dataset: DatasetInfo): OpikAttributes {
  const kept = attributeOf(dataset, "opik");
  return typeof kept === "object" && kept !== null ? kept : {};
}

const known = new WeakMap<Repository, Ids>();

/** The ids of a repository. */
export function idsOf(repo: Repository): Ids {
  let ids = known.get(repo);
  if (!ids) known.set(repo, (ids = new Ids(repo.context.platform)));
  return ids;
}
