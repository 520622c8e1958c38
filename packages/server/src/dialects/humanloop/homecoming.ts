/**
 * Brings an export of Humanloop home: each dataset at its path under the id that it had, each version a commit of its time and author with its name, description
 * and id, and what was deployed deployed.
 *
 * What is there already is left as it is, so an import that broke off, or a newer export, may follow.
 */
import {
  SheafError,
  type Cid,
  type CommitOptions,
  type DatasetInfo,
  type Repository,
  type ValueObject,
  type Watch,
} from "@sheaf/core";
import { batchesOf } from "../catalog/batches.js";
import { attributeOf } from "../catalog/catalog.js";
import { pathFor } from "../catalog/naming.js";
import { contentsOf, joined } from "./content.js";
import { editOf, patchOf, type RowEdit } from "./edits.js";
import { environmentsOf, refNameOf } from "./environments.js";
import {
  readExport,
  readVersion,
  type ExportedDataset,
  type ExportedVersion,
  type ExportFolder,
} from "./export-folder.js";
import { datasetId } from "./ids.js";
import { partOf } from "./saved.js";
import { attributesPatch } from "./upsert.js";

/** What became of a dataset of an export. */
export interface BroughtHome {
  readonly dataset: string;
  /** Its id, which is what it was at Humanloop. */
  readonly id: string;
  /** Versions that were made, and those whose content was there. */
  readonly made: number;
  readonly known: number;
  readonly deployments: number;
  /** Datapoints of its newest version. */
  readonly datapoints: number;
}

/**
 * Imports every dataset of an export into the current branch, one after another.
 *
 * Throws already-exists where another dataset stands at the path of one, and bad-input with the file for what cannot be read; what came before stays.
 */
export async function* importHumanloopExport(
  repo: Repository,
  folder: ExportFolder,
  watch: Watch = {},
): AsyncGenerator<BroughtHome> {
  let done = 0;
  const told = (rows: number) => watch.progress?.({ phase: "importing", done: (done += rows), unit: "rows" });
  for await (const dataset of readExport(folder))
    yield await new Homecoming(repo, folder, dataset, told, watch.signal).run();
}

class Homecoming {
  readonly path: string;
  /** Commits by the ids of versions. */
  readonly #commits = new Map<string, Cid>();
  /** Commits by what Humanloop's face calls their content. */
  readonly #contents = new Map<string, Cid>();
  #made = 0;

  constructor(
    readonly repo: Repository,
    readonly folder: ExportFolder,
    readonly dataset: ExportedDataset,
    readonly told: (rows: number) => void,
    readonly signal: AbortSignal | undefined,
  ) {
    this.path = pathFor(dataset.path.replace(/^\/+/, ""));
  }

  async run(): Promise<BroughtHome> {
    const { dataset, path, repo } = this;
    const { id, versions } = dataset;
    await this.#find();
    for (const version of versions) {
      this.signal?.throwIfAborted();
      if (!this.#commits.has(version.id)) this.#commits.set(version.id, await this.#make(version));
    }
    const isThere = this.#contents.size > 0;
    const deployments = isThere ? await this.#deploy() : 0;
    const datapoints = isThere ? (await repo.dataset(path).info()).count : 0;
    return { dataset: path, id, made: this.#made, known: versions.length - this.#made, deployments, datapoints };
  }

  /** Learns what of it is here already. */
  async #find(): Promise<void> {
    for await (const info of this.repo.datasets()) {
      const isHere = datasetId(info) === this.dataset.id && attributeOf(info, "humanloop") !== undefined;
      if (info.path !== this.path && !isHere) continue;
      if (!isHere || info.path !== this.path) throw this.#taken(info.path);
      for (const { commit, attributes } of await this.repo.versions.of(this.path)) {
        const id = partOf(attributes)["version_id"];
        if (typeof id === "string") this.#commits.set(id, commit);
        await this.#know(commit);
      }
    }
  }

  async #know(commit: Cid): Promise<void> {
    const { repo, path } = this;
    const { versionId } = await contentsOf(repo).of(await repo.dataset(path).at(commit));
    if (!this.#contents.has(versionId)) this.#contents.set(versionId, commit);
  }

  #taken(name: string) {
    const what = name === this.path ? `another dataset is at ${name}` : `it is here as ${name} already`;
    return new SheafError(
      "already-exists",
      { kind: "dataset", name },
      `${this.dataset.path} of the export cannot be imported: ${what}; rename that one first`,
    );
  }

  async #make(version: ExportedVersion): Promise<Cid> {
    const { repo, path, dataset } = this;
    const given = await readVersion(this.folder, repo.context.platform, dataset, version);
    const head = this.#contents.size > 0 ? await repo.dataset(path).at() : undefined;
    const content = head && contentsOf(repo).versionId(head.info.id, joined([], given.keys()), version.attributes);
    const there = content === undefined ? undefined : this.#contents.get(content);
    if (there !== undefined) return there;
    const edit = await editOf(contentsOf(repo), "set", { head, base: head }, given);
    const commit = await this.#commit(version, edit, head?.info);
    this.told(given.size);
    this.#made++;
    await this.#know(commit);
    return commit;
  }

  async #commit(version: ExportedVersion, edit: RowEdit, before: DatasetInfo | undefined): Promise<Cid> {
    const { repo, path, signal } = this;
    const options: CommitOptions & Watch = {
      ...(signal ? { signal } : {}),
      ...authorOf(version),
      message: version.description ?? version.name ?? `Version ${version.id} of ${path} from Humanloop`,
      attributes: { humanloop: factsOf(version) },
    };
    const kept = before ? attributesPatch(before, version.attributes) : [];
    const create = before ? {} : { create: this.#metaOf(version) };
    const { patch, added } = edit;
    if (added && kept.length === 0)
      return (await repo.dataset(path).importBatches(batchesOf(added), { ...options, mode: "add", ...create })).commit;
    const make = create.create ? [{ dataset: path, create: { meta: create.create } }] : [];
    const operations = [...(added ? patchOf(added) : patch), ...kept];
    return (await repo.edit([...make, { dataset: path, patch: operations }], options)).commit;
  }

  /** The metadata of the new dataset, as its first version has it. */
  #metaOf(version: ExportedVersion): ValueObject {
    const { id, meta } = this.dataset;
    const { attributes = {}, ...rest } = meta;
    const own = Object.keys(version.attributes).length > 0 ? { attributes: version.attributes } : {};
    return { ...rest, attributes: { ...(attributes as ValueObject), humanloop: { id, ...own } } };
  }

  async #deploy(): Promise<number> {
    const { repo, path, dataset } = this;
    const names = dataset.deployments.map(({ environment }) => environment);
    const usual = dataset.deployments.find(({ isDefault }) => isDefault)?.environment;
    const known = (await environmentsOf(repo)).map(({ name }) => name);
    if ((usual !== undefined && usual !== known[0]) || names.some(name => !known.includes(name)))
      await repo.config.set("humanloop.environments", [
        ...new Set([...(usual === undefined ? [] : [usual]), ...known, ...names]),
      ]);
    let count = 0;
    const there = new Set((await repo.environments(path)).map(({ name }) => name));
    for (const { version, environment } of dataset.deployments) {
      const commit = this.#commits.get(version);
      if (commit === undefined || there.has(refNameOf(environment))) continue;
      await repo.setEnvironment(path, refNameOf(environment), commit);
      count++;
    }
    return count;
  }
}

/** What the commit of a version tells Humanloop's face. */
function factsOf({ id, created, updatedAt, name, description, committed }: ExportedVersion): ValueObject {
  return {
    version_id: id,
    ...(created.at === "" ? {} : { created_at: isoOf(created.at) }),
    ...(updatedAt === undefined ? {} : { updated_at: isoOf(updatedAt) }),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(committed === undefined ? {} : { committed: { ...committed, at: isoOf(committed.at) } }),
  };
}

/** Who made a version, and when; the repository's author now, where it does not tell. */
function authorOf({ created: { at, name, email } }: ExportedVersion) {
  const time = Math.floor(Date.parse(isoOf(at)) / 1000);
  const author = { ...(email === "" ? {} : { name, email }), ...(time >= 0 ? { time, zone: 0 } : {}) };
  return Object.keys(author).length === 0 ? {} : { author };
}

/** A time as Humanloop writes it, which may lack its zone: then it is UTC. */
function isoOf(text: string): string {
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}
