/** The notes of versions in this repository: read and written, each by compare-and-swap. */
import { parseCid, printCid, sameDigest, type Cid } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { decodeNote, encodeNote, noteRef, parseNoteRef, type VersionNote } from "../history/note.js";
import { sameValue } from "../item/value.js";
import type { LogEntry } from "../store/log-entry.js";
import { orNobody, type Context } from "./context.js";
import { writeLog } from "./heads.js";
import { inTransaction } from "./write.js";

/** A note with the entry of the log that names it; `note` is absent where it was removed. */
export interface Noted {
  readonly entry: LogEntry;
  readonly note?: VersionNote;
}

/** Most notes that are kept parsed. */
const maxNotes = 100_000;

export class VersionNotes {
  /** By the CID of the tag. */
  readonly #notes = new Map<string, VersionNote>();

  constructor(readonly context: Context) {}

  /** The notes of a dataset, by the commits that began its versions. */
  async of(dataset: DatasetId): Promise<Map<Cid, Noted>> {
    const found = new Map<Cid, Noted>();
    for (const { name, entry } of await this.context.logs.heads(noteRef(dataset, "" as Cid))) {
      const place = parseNoteRef(name);
      if (place) found.set(place.first, await this.#noted(entry));
    }
    return found;
  }

  /** The note of one version. */
  async at(dataset: DatasetId, first: Cid): Promise<Noted | undefined> {
    const entry = await this.context.logs.read(noteRef(dataset, first));
    return entry && this.#noted(entry);
  }

  /** Reads what a ref names, or is to name. Throws corrupt-block for what is no note. */
  async read(cid: string): Promise<VersionNote> {
    const known = this.#notes.get(cid);
    if (known) return known;
    const note = decodeNote(await this.context.store.load(parseCid(cid).digest));
    if (this.#notes.size >= maxNotes) this.#notes.clear();
    this.#notes.set(cid, note);
    return note;
  }

  /** Stores a note, which nothing names yet. */
  async put(note: VersionNote): Promise<Cid> {
    return printCid(
      await inTransaction(
        this.context,
        async blocks => blocks.put(encodeNote(note)),
        () => true,
      ),
    );
  }

  /** Lets the ref of a note name another one; says whether nobody else did since `from` was read. */
  move(ref: string, from: LogEntry | undefined, value: Cid, command: string): Promise<boolean> {
    return writeLog(orNobody(this.context), ref, from, value, command);
  }

  async #noted(entry: LogEntry): Promise<Noted> {
    return entry.value === null ? { entry } : { entry, note: await this.read(entry.value) };
  }
}

/** Says whether two notes say the same, whoever wrote them. */
export function saysSame(a: VersionNote, b: VersionNote): boolean {
  return sameDigest(a.commit, b.commit) && sameValue(a.note, b.note);
}

/** Says whether a note says that the version which this commit began is beside the branch. */
export function isMoved(noted: Noted | undefined, first: Cid): boolean {
  return noted?.note !== undefined && printCid(noted.note.commit) !== first;
}
