/** Rows under ids of another form, where a vendor demands one: shown by a pure function of dataset and row, found back by an index that is derived. */
import type { DatasetVersion } from "@sheaf/core";
import { Recent } from "./recent.js";

/** The form that a vendor demands. */
export interface IdForm {
  /** Says whether a row's own id may be shown as it is. */
  readonly fits: (id: string) => boolean;
  readonly make: (datasetId: string, id: string) => string;
}

/** Indexes that are kept: one for each of the datasets looked at last. */
const maxKept = 16;

export class RowIds {
  /** By the dataset's CID, the shown ids of rows whose own ids do not fit. */
  readonly #kept = new Recent<ReadonlyMap<string, string>>(maxKept);

  constructor(readonly form: IdForm) {}

  /** What a row is called to the vendor. */
  shown(datasetId: string, id: string): string {
    return this.form.fits(id) ? id : this.form.make(datasetId, id);
  }

  /** The row's own id for one that the vendor gives; `undefined` where there is no such row. */
  async find(version: DatasetVersion, shown: string): Promise<string | undefined> {
    if (this.form.fits(shown) && (await version.cid(shown)) !== undefined) return shown;
    return (await this.#index(version)).get(shown);
  }

  async #index(version: DatasetVersion): Promise<ReadonlyMap<string, string>> {
    const { cid, id } = version.info;
    const known = this.#kept.get(cid);
    if (known) return known;
    const index = new Map<string, string>();
    for await (const { ids } of version.batches())
      for (const row of ids) if (!this.form.fits(row)) index.set(this.form.make(id, row), row);
    return this.#kept.keep(cid, index);
  }
}
