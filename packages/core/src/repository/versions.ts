/**
 * The versions of a dataset as vendors count them: the commits of the default branch in which it changed, each entered once and never renumbered.
 *
 * A version is a ref, `refs/versions/<dataset id>/<n>`, to an annotated tag, whose attributes hold the commit that began it. A commit with the attribute
 * `version: "amended"` belongs to the version before it, and where there is none it makes none; so a version can change in place while history keeps every
 * step. Numbers are this repository's own. What faces know of a version (names, descriptions), and what it is where it was changed beside the branch, is in
 * its note, which goes by that commit and travels (`history/note.ts`).
 */
import { parseCid, printCid, type Cid } from "../block/cid.js";
import { mergeValues } from "../edit/item-merge.js";
import { SheafError } from "../errors.js";
import { noteRef, type VersionNote } from "../history/note.js";
import type { ValueObject } from "../item/value.js";
import type { LogEntry } from "../store/log-entry.js";
import { orNobody, readCommit, readSnapshot, sign, type Context, type Tip } from "./context.js";
import type { DatasetInfo } from "./contract.js";
import { findDatasetById, noDataset } from "./dataset-tree.js";
import { writeLog } from "./heads.js";
import { DatasetVersion, versionAt, versionIn } from "./version.js";
import { VersionMemory, type Entered, type Known, type Version } from "./version-memory.js";
import { isMoved, saysSame, VersionNotes } from "./version-notes.js";
import { beginningOf, encodeVersion, readVersion, type VersionInfo } from "./version-tag.js";
import { inTransaction } from "./write.js";

export type { VersionInfo } from "./version-tag.js";

/** The attributes of a commit that goes into the version before it. */
export const amended = { version: "amended" } as const;

/** How long versions are believed once they were listed, in milliseconds, and in how many times what that took: so late a note of another process is seen. */
const freshMs = 1000;
const freshShare = 20;

export class Versions {
  readonly #memory: VersionMemory;
  readonly #notes: VersionNotes;

  constructor(readonly context: Context) {
    this.#memory = VersionMemory.of(context);
    this.#notes = new VersionNotes(context);
  }

  /** Believes nothing any more that was listed: notes came from elsewhere. */
  forget(): void {
    this.#memory.forget();
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
    return this.#write(path, number, `note version ${number}`, ({ note }) => ({ note: change(note) }));
  }

  /**
   * Makes a version that is not the newest be another commit, beside the branch; `false` where it is not at `from`, if that is given, any more.
   *
   * Throws no-such-ref.
   */
  async amend(path: string, number: number, commit: Cid, from?: Cid): Promise<VersionInfo | false> {
    let isAt = true;
    const info = await this.#write(path, number, `amend version ${number}`, now => {
      isAt = from === undefined || now.commit === from;
      return isAt ? { commit: parseCid(commit).digest } : {};
    });
    return isAt && info;
  }

  async #write(
    path: string,
    number: number,
    command: string,
    change: (info: VersionInfo) => Partial<VersionNote>,
  ): Promise<VersionInfo> {
    for (;;) {
      const { id, versions } = await this.#current(path);
      const at = versions.findIndex(({ info }) => info.number === number);
      if (at < 0)
        throw new SheafError("no-such-ref", { ref: String(number) }, `there is no version ${number} of ${path}`);
      const version = versions[at];
      const before = noteOf(version);
      const after = { ...before, ...change(version.info) };
      if (saysSame(before, after)) return version.info;
      const isNoted = await this.#moveNote(id, version, after, command).finally(() => this.#memory.forget(id));
      if (!isNoted) continue;
      const noted = await this.#notes.at(id, version.info.first);
      const entered = { ...version.entered, note: {} };
      if (hasNote(version.entered)) await this.#name(id, entered, version.entry);
      return this.#shown({ ...version, entered, noted }, at === versions.length - 1);
    }
  }

  async #moveNote(id: string, version: Entered, note: VersionNote, command: string): Promise<boolean> {
    const value = await this.#notes.put({ ...note, writer: await sign(orNobody(this.context)) });
    return this.#notes.move(noteRef(id, version.entered.first), version.noted?.entry, value, command);
  }

  /** One look after another: many at once would enter the same versions, and list all of them anew after each lost race. */
  #current(path: string): Promise<{ id: string; versions: readonly Version[] }> {
    const look = (this.#memory.looks.get(path) ?? Promise.resolve()).then(() => this.#look(path));
    const done = look.then(nothing, nothing).then(() => {
      if (this.#memory.looks.get(path) === done) this.#memory.looks.delete(path);
    });
    this.#memory.looks.set(path, done);
    return look;
  }

  async #look(path: string): Promise<{ id: string; versions: readonly Version[] }> {
    const { block, commit: head } = await versionAt(this.context, path, undefined);
    const { id } = block;
    for (;;) {
      const { age } = this.#memory;
      const kept = this.#memory.known(id);
      const known = kept && this.context.platform.now() < kept.until ? kept : await this.#listed(id);
      if (known.head === head) return { id, versions: known.versions };
      const versions = await this.#advanced(id, known.versions, await this.#missing(head, id, known.versions));
      if (!versions) continue;
      this.#memory.keep(id, { ...known, head, versions }, age);
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
    const all = new Map<number, Entered>(entered.map(version => [version.info.number, version]));
    for (const [number, commits] of missing) {
      const there = all.get(number);
      const isOurs = await this.#enter(id, number, commits, there);
      const entry = isOurs ? await this.context.logs.read(`${versionPrefix(id)}${number}`) : undefined;
      if (!entry) {
        this.#memory.forget(id);
        return undefined;
      }
      const noted = await this.#notes.at(id, there?.entered.first ?? printCid(commits[0].digest));
      all.set(number, { entry, entered: await this.#info(entry, number), noted });
    }
    return this.#inOrder([...all.values()]);
  }

  async #entered(id: string): Promise<Version[]> {
    const prefix = versionPrefix(id);
    const notes = await this.#notes.of(id);
    const versions = (await this.context.logs.heads(prefix)).map(async ({ name, entry }) => {
      const entered = await this.#info(entry, Number(name.slice(prefix.length)));
      return { entry, entered, noted: notes.get(entered.first) };
    });
    return this.#inOrder(await Promise.all(versions));
  }

  async #inOrder(versions: readonly Entered[]): Promise<Version[]> {
    const sorted = versions.toSorted((a, b) => a.entered.number - b.entered.number);
    const infos = sorted.map((version, i) => this.#shown(version, i === sorted.length - 1));
    return (await Promise.all(infos)).map((info, i) => ({ ...sorted[i], info }));
  }

  /** Numbers, and the commits that go into each, oldest first, of what history has and no version yet. */
  async #missing(head: Cid, id: string, entered: readonly Version[]): Promise<[number: number, commits: Tip[]][]> {
    const numbers = new Map(
      entered.flatMap(({ entered: { first, commit, number } }) => [first, commit].map(cid => [cid, number])),
    );
    const commits: Tip[] = [];
    let number = 0;
    for await (const commit of this.#memory.line.changes(parseCid(head).digest, id)) {
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

  async #enter(id: string, number: number, commits: readonly Tip[], there: Entered | undefined): Promise<boolean> {
    const commit = printCid(commits[commits.length - 1].digest);
    const info = there ? { ...there.entered, commit } : { ...beginningOf(commits[0]), number, commit };
    return this.#name(id, info, there?.entry);
  }

  /** Lets the ref of a number name this; says whether nobody else did since `from` was read. */
  async #name(id: string, info: Omit<VersionInfo, "changedTime">, from: LogEntry | undefined): Promise<boolean> {
    const { number } = info;
    const value = await inTransaction(
      this.context,
      async blocks => blocks.put(encodeVersion(info)),
      () => true,
    );
    return writeLog(
      orNobody(this.context),
      `${versionPrefix(id)}${number}`,
      from,
      printCid(value),
      `version ${number}`,
    );
  }

  #info({ value }: LogEntry, number: number): Promise<VersionInfo> {
    return this.#memory.info(value ?? "", () => readVersion(this.context.store, value ?? "", number));
  }

  /** A version with what its note says. The newest one is what the branch says: it is never beside. */
  async #shown({ entry, entered, noted }: Entered, isNewest: boolean): Promise<VersionInfo> {
    const said = noted?.note;
    if (!said) return entered;
    const note = hasNote(entered) ? (mergeValues(undefined, said.note, entered.note).value as ValueObject) : said.note;
    if (isNewest || !isMoved(noted, entered.first))
      return this.#memory.info(`${entry.value} ${noted.entry.value}`, async () => ({ ...entered, note }));
    return this.#memory.info(`${entry.value} ${noted.entry.value} beside`, async () => {
      const { author } = await readCommit(this.context.store, said.commit);
      return { ...entered, commit: printCid(said.commit), changedTime: author.time, note };
    });
  }
}

/** The note of a version, with what the tag of its number says. */
function noteOf({ entered: { author: writer, first }, noted, info: { note } }: Version): VersionNote {
  return { commit: parseCid(first).digest, writer, ...noted?.note, note };
}

/** Says whether the tag of a number has a note of its own, from before notes travelled: it counts until it is written anew. */
function hasNote({ note }: VersionInfo): boolean {
  return Object.keys(note).length > 0;
}

function versionPrefix(datasetId: string): string {
  return `refs/versions/${datasetId}/`;
}

function nothing(): void {}
