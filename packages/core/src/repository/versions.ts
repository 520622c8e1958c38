/**
 * The versions of a dataset as vendors count them: the commits of the default branch in which it changed, each entered once and never renumbered.
 *
 * A version is a ref, `refs/versions/<dataset id>/<n>`, to an annotated tag, whose attributes hold the commit that began it and a note: what faces know of it
 * (names, descriptions). A commit with the attribute `version: "amended"` belongs to the version before it, and where there is none it makes none; so a
 * version can change in place while history keeps every step.
 */
import { dagCbor, parseCid, printCid, sameDigest, type Cid, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import { decodeTag, encodeTag, type Signature } from "../history/commit.js";
import { Link } from "../item/ipld.js";
import type { Value, ValueObject } from "../item/value.js";
import type { LogEntry } from "../store/log-entry.js";
import { orNobody, readCommit, readSnapshot, type Context, type Tip } from "./context.js";
import type { DatasetInfo } from "./contract.js";
import { findDatasetById, noDataset } from "./dataset-tree.js";
import { DatasetLine } from "./dataset-line.js";
import { writeLog } from "./heads.js";
import { DatasetVersion, versionAt, versionIn } from "./version.js";
import { inTransaction } from "./write.js";

/** One version of a dataset. */
export interface VersionInfo {
  /** From 1 upwards, by when it was entered. */
  readonly number: number;
  /** What the version is by now. */
  readonly commit: Cid;
  /** The commit that began it: the same for as long as the version lives. */
  readonly first: Cid;
  /** Of the first commit. */
  readonly author: Signature;
  readonly message: string;
  readonly attributes: ValueObject;
  /** When it last changed in place, in seconds since 1970. */
  readonly changedTime: number;
  /** What faces keep of it beside. */
  readonly note: ValueObject;
}

/** The attributes of a commit that goes into the version before it. */
export const amended = { version: "amended" } as const;

/** How long versions are believed once they were listed, in milliseconds, and in how many times what that took: so late a note of another process is seen. */
const freshMs = 1000;
const freshShare = 20;
const maxInfos = 100_000;

interface Version {
  readonly entry: LogEntry;
  readonly info: VersionInfo;
}

interface Known {
  readonly head: string;
  /** Until when they are believed. */
  readonly until: number;
  readonly versions: readonly Version[];
}

export class Versions {
  /** By the CID of the tag. */
  readonly #infos = new Map<string, VersionInfo>();
  readonly #known = new Map<string, Known>();
  /** The last look under way, by path. */
  readonly #looks = new Map<string, Promise<void>>();

  readonly #line: DatasetLine;

  constructor(readonly context: Context) {
    this.#line = new DatasetLine(context.store);
  }

  /** All versions of a dataset of the current branch, the first one first; those that are new are entered. Throws no-such-dataset. */
  async of(path: string): Promise<VersionInfo[]> {
    return (await this.#current(path)).versions.map(({ info }) => info);
  }

  /** A dataset as it was in a version, or any commit, under whatever path it had then. Throws no-such-dataset. */
  async read(
    { id, path }: Pick<DatasetInfo, "id" | "path">,
    { commit }: Pick<VersionInfo, "commit">,
  ): Promise<DatasetVersion> {
    const there = await versionIn(this.context, path, commit);
    if (there?.block.id === id) return there;
    const { store } = this.context;
    const snapshot = await readSnapshot(store, await readCommit(store, parseCid(commit).digest));
    const found = await findDatasetById(store, snapshot, id);
    if (!found) throw noDataset(path, commit);
    const { path: then, ...dataset } = found;
    return new DatasetVersion(this.context, then, dataset, commit);
  }

  /** Changes the note of a version; `change` is called again where somebody else did meanwhile. Throws no-such-ref. */
  note(path: string, number: number, change: (note: ValueObject) => ValueObject): Promise<VersionInfo> {
    return this.#move(path, number, `note version ${number}`, info => ({ ...info, note: change(info.note) }));
  }

  /**
   * Makes a version that is not the newest be another commit, on the branch or beside it; `false` where it is not at `from`, if that is given, any more.
   *
   * Throws no-such-ref.
   */
  async amend(path: string, number: number, commit: Cid, from?: Cid): Promise<VersionInfo | false> {
    let isAt = true;
    const info = await this.#move(path, number, `amend version ${number}`, now => {
      isAt = from === undefined || now.commit === from;
      return isAt ? { ...now, commit } : now;
    });
    return isAt && info;
  }

  async #move(
    path: string,
    number: number,
    command: string,
    change: (info: VersionInfo) => VersionInfo,
  ): Promise<VersionInfo> {
    for (;;) {
      const { id, versions } = await this.#current(path);
      const version = versions.find(({ info }) => info.number === number);
      if (!version)
        throw new SheafError("no-such-ref", { ref: String(number) }, `there is no version ${number} of ${path}`);
      const value = await this.#tag(change(version.info));
      this.#known.delete(id);
      if (value === version.entry.value || (await this.#write(id, number, version.entry, value, command)))
        return this.#info(value, number);
    }
  }

  /** One look after another: many at once would enter the same versions, and list all of them anew after each lost race. */
  #current(path: string): Promise<{ id: string; versions: readonly Version[] }> {
    const look = (this.#looks.get(path) ?? Promise.resolve()).then(() => this.#look(path));
    const done = look.then(nothing, nothing).then(() => {
      if (this.#looks.get(path) === done) this.#looks.delete(path);
    });
    this.#looks.set(path, done);
    return look;
  }

  async #look(path: string): Promise<{ id: string; versions: readonly Version[] }> {
    const { block, commit: head } = await versionAt(this.context, path, undefined);
    const { id } = block;
    for (;;) {
      const kept = this.#known.get(id);
      const known = kept && this.context.platform.now() < kept.until ? kept : await this.#listed(id);
      if (known.head === head) return { id, versions: known.versions };
      const versions = await this.#advanced(id, known.versions, await this.#missing(head, id, known.versions));
      if (!versions) continue;
      this.#known.set(id, { ...known, head, versions });
      return { id, versions };
    }
  }

  async #listed(id: string): Promise<Known> {
    const { platform } = this.context;
    const begun = platform.now();
    const versions = await this.#entered(id);
    const now = platform.now();
    return { head: "", until: now + Math.max(freshMs, freshShare * (now - begun)), versions };
  }

  /** Enters what is missing; `undefined` where somebody else did meanwhile, so that all are to be read anew. */
  async #advanced(
    id: string,
    entered: readonly Version[],
    missing: readonly [number, readonly Tip[]][],
  ): Promise<readonly Version[] | undefined> {
    if (missing.length === 0) return entered;
    const all = new Map(entered.map(version => [version.info.number, version]));
    for (const [number, commits] of missing) {
      const name = `${versionPrefix(id)}${number}`;
      const isOurs = await this.#enter(id, number, commits, entered);
      const entry = isOurs ? await this.context.logs.read(name) : undefined;
      if (!entry) {
        this.#known.delete(id);
        return undefined;
      }
      all.set(number, { entry, info: await this.#info(entry.value ?? "", number) });
    }
    return [...all.values()].sort((a, b) => a.info.number - b.info.number);
  }

  async #entered(id: string): Promise<Version[]> {
    const prefix = versionPrefix(id);
    const versions = (await this.context.logs.heads(prefix)).map(async ({ name, entry }) => ({
      entry,
      info: await this.#info(entry.value ?? "", Number(name.slice(prefix.length))),
    }));
    return (await Promise.all(versions)).sort((a, b) => a.info.number - b.info.number);
  }

  /** Numbers, and the commits that go into each, oldest first, of what history has and no version yet. */
  async #missing(head: Cid, id: string, entered: readonly Version[]): Promise<[number: number, commits: Tip[]][]> {
    const numbers = new Map(entered.flatMap(({ info }) => [info.first, info.commit].map(cid => [cid, info.number])));
    const commits: Tip[] = [];
    let number = 0;
    for await (const commit of this.#line.changes(parseCid(head).digest, id)) {
      number = numbers.get(printCid(commit.digest)) ?? 0;
      if (number > 0) break;
      commits.push(commit);
    }
    let next = (entered.at(-1)?.info.number ?? 0) + 1;
    const missing = new Map<number, Tip[]>();
    for (const commit of commits.reverse()) {
      const isAmended = commit.attributes["version"] === amended.version;
      if (!isAmended) number = next++;
      if (number > 0) missing.set(number, [...(missing.get(number) ?? []), commit]);
    }
    return [...missing];
  }

  async #enter(id: string, number: number, commits: readonly Tip[], entered: readonly Version[]): Promise<boolean> {
    const there = entered.find(({ info }) => info.number === number);
    const commit = printCid(commits[commits.length - 1].digest);
    const value = await this.#tag(there ? { ...there.info, commit } : { ...beginningOf(commits[0]), number, commit });
    return this.#write(id, number, there?.entry, value, `version ${number}`);
  }

  async #write(id: string, number: number, from: LogEntry | undefined, value: Cid, command: string): Promise<boolean> {
    return writeLog(orNobody(this.context), `${versionPrefix(id)}${number}`, from, value, command);
  }

  async #tag(info: Pick<VersionInfo, "number" | "commit" | "first" | "author" | "message" | "note">): Promise<Cid> {
    const { number, author, message, note } = info;
    const first = new Link(parseCid(info.first).digest, dagCbor) as unknown as Value;
    const tag = encodeTag({
      target: parseCid(info.commit).digest,
      name: `v${number}`,
      tagger: author,
      message,
      attributes: { first, note },
    });
    return printCid(
      await inTransaction(
        this.context,
        async blocks => blocks.put(tag),
        () => true,
      ),
    );
  }

  async #info(value: string, number: number): Promise<VersionInfo> {
    const known = this.#infos.get(value);
    if (known) return known;
    const tag = decodeTag(await this.context.store.load(parseCid(value).digest));
    const { first, note } = tag.attributes as unknown as { first: { digest: Digest }; note: ValueObject };
    const begun = await readCommit(this.context.store, first.digest);
    const now = sameDigest(first.digest, tag.target) ? begun : await readCommit(this.context.store, tag.target);
    if (this.#infos.size >= maxInfos) this.#infos.clear();
    const info = { ...beginningOf(begun), number, commit: printCid(tag.target), changedTime: now.author.time, note };
    this.#infos.set(value, info);
    return info;
  }
}

/** What a version takes from the commit that begins it. */
function beginningOf({ digest, author, message, attributes }: Tip): Omit<VersionInfo, "number"> {
  const first = printCid(digest);
  return { first, commit: first, author, message, attributes, changedTime: author.time, note: {} };
}

function versionPrefix(datasetId: string): string {
  return `refs/versions/${datasetId}/`;
}

function nothing(): void {}
