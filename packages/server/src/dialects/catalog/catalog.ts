/** The datasets of the default branch as dialects look them up: by the ids that a vendor gives them, those that the caller may see, records left out. */
import type { DatasetInfo, DatasetVersion, Repository, VersionInfo } from "@sheaf/core";
import type { Call } from "../../call.js";
import { HttpError } from "../../problem.js";

/** The metadata attribute of datasets that hold records (traces, projects, …): no dialect lists them among its datasets. */
export const recordKind = "records";

/** What a vendor calls a dataset: a pure function of what is known of it. */
export type Naming = (dataset: DatasetInfo) => string;

interface Listing {
  readonly head: string | undefined;
  readonly datasets: readonly DatasetInfo[];
  readonly named: Map<Naming, ReadonlyMap<string, DatasetInfo>>;
}

export class Catalog {
  #listing: Listing | undefined;

  constructor(readonly repo: Repository) {}

  /** The datasets that the caller may see, in the order of their paths. */
  async datasets(call: Call): Promise<DatasetInfo[]> {
    return (await this.#list()).datasets.filter(({ path }) => call.sees(path));
  }

  /** The dataset that a vendor calls so. */
  async find(call: Call, naming: Naming, name: string): Promise<DatasetInfo | undefined> {
    const listing = await this.#list();
    const known = listing.named.get(naming) ?? new Map(listing.datasets.map(dataset => [naming(dataset), dataset]));
    listing.named.set(naming, known);
    const found = known.get(name);
    return found && call.sees(found.path) ? found : undefined;
  }

  /** As {@link find}. Throws 404 `no-such-dataset` with `what` as its words. */
  async need(call: Call, naming: Naming, name: string, what: string): Promise<DatasetInfo> {
    const found = await this.find(call, naming, name);
    if (!found) throw new HttpError(404, "no-such-dataset", what);
    return found;
  }

  async #list(): Promise<Listing> {
    const { commit } = await this.repo.head();
    if (this.#listing && this.#listing.head === commit) return this.#listing;
    const datasets: DatasetInfo[] = [];
    if (commit !== undefined)
      for await (const dataset of this.repo.datasets({ at: commit }))
        if (attributeOf(dataset, "kind") !== recordKind) datasets.push(dataset);
    return (this.#listing = { head: commit, datasets, named: new Map() });
  }
}

/** A dataset as it was in a version. Throws 403 where the caller may not touch the path that it had then. */
export async function readThen(
  call: Pick<Call, "permit">,
  repo: Repository,
  dataset: Pick<DatasetInfo, "id" | "path">,
  at: Pick<VersionInfo, "commit">,
): Promise<DatasetVersion> {
  const version = await repo.versions.read(dataset, at);
  await call.permit({ scope: "read", dataset: version.path });
  return version;
}

/** One of the attributes in a dataset's metadata. */
export function attributeOf({ meta }: DatasetInfo, key: string): unknown {
  const { attributes } = meta;
  const has = typeof attributes === "object" && attributes !== null && Object.hasOwn(attributes, key);
  return has ? (attributes as Readonly<Record<string, unknown>>)[key] : undefined;
}
