/** Rows under ids of another form, where a vendor demands one: shown by a pure function of dataset and row, found back by an index that is derived. */
import type { DatasetVersion } from "@sheaf/core";
import { Recent } from "./recent.js";

/** The form that a vendor demands. */
export interface IdForm {
  /** Says whether a row's own id may be shown as it is. */
  readonly fits: (id: string) => boolean;
  readonly make: (datasetId: string, id: string) => string;
}

/** Datasets whose ids are kept, those looked at last; and most ids of one that are kept because they were shown. */
const maxKept = 16;
const maxShown = 100_000;

/** Ids of rows of one dataset that do not fit, of whatever versions: which is which never changes. */
interface Kept {
  readonly shown: Map<string, string>;
  readonly own: Map<string, string>;
  /** The CID of the version all of whose rows are here. */
  whole: string | undefined;
}

export class RowIds {
  /** By the dataset's id. */
  readonly #kept = new Recent<Kept>(maxKept);

  constructor(readonly form: IdForm) {}

  /** What a row is called to the vendor. */
  shown(datasetId: string, id: string): string {
    if (this.form.fits(id)) return id;
    const kept = this.#keptOf(datasetId);
    const isFull = kept.shown.size >= maxShown;
    return isFull ? (kept.shown.get(id) ?? this.form.make(datasetId, id)) : this.#make(kept, datasetId, id);
  }

  /** The row's own id for one that the vendor gives; `undefined` where there is no such row. */
  async find(version: DatasetVersion, shown: string): Promise<string | undefined> {
    if (this.form.fits(shown) && (await version.cid(shown)) !== undefined) return shown;
    const { cid, id, count } = version.info;
    let kept = this.#keptOf(id);
    if (!kept.own.has(shown) && kept.whole !== cid) {
      // Rows that are gone are let go of, now and then; who reads a version meanwhile goes on with what was there.
      if (kept.shown.size > 2 * count + maxShown) kept = this.#kept.keep(id, fresh());
      for await (const { ids } of version.batches())
        for (const row of ids) if (!this.form.fits(row)) this.#make(kept, id, row);
      kept.whole = cid;
    }
    const own = kept.own.get(shown);
    return own !== undefined && (await version.cid(own)) !== undefined ? own : undefined;
  }

  #keptOf(datasetId: string): Kept {
    const kept = this.#kept.get(datasetId) ?? fresh();
    return this.#kept.keep(datasetId, kept);
  }

  #make(kept: Kept, datasetId: string, id: string): string {
    const known = kept.shown.get(id);
    if (known !== undefined) return known;
    const shown = this.form.make(datasetId, id);
    kept.shown.set(id, shown);
    kept.own.set(shown, id);
    return shown;
  }
}

function fresh(): Kept {
  return { shown: new Map(), own: new Map(), whole: undefined };
}
