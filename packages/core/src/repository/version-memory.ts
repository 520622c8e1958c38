/** What was found out of the versions of a repository, for all who act in it. */
import type { BlockReader } from "../block/blocks.js";
import type { LogEntry } from "../store/log-entry.js";
import type { Context } from "./context.js";
import { DatasetLine } from "./dataset-line.js";
import type { Noted } from "./version-notes.js";
import type { VersionInfo } from "./version-tag.js";

/** A version as its ref says, with its note. */
export interface Entered {
  readonly entry: LogEntry;
  readonly entered: VersionInfo;
  readonly noted: Noted | undefined;
}

export interface Version extends Entered {
  /** All in all. */
  readonly info: VersionInfo;
}

export interface Known {
  readonly head: string;
  /** Until when they are believed. */
  readonly until: number;
  readonly versions: readonly Version[];
}

const maxInfos = 100_000;

export class VersionMemory {
  /** By the CID of the tag; those with a note by the CID of that too. */
  readonly #infos = new Map<string, VersionInfo>();
  /** By the dataset's id. */
  readonly #known = new Map<string, Known>();
  #age = 0;
  /** The last look under way, by path. */
  readonly looks = new Map<string, Promise<void>>();
  readonly line: DatasetLine;

  private constructor(reader: BlockReader) {
    this.line = new DatasetLine(reader);
  }

  /** Shared by all who act in one repository, so that each sees at once what another one noted. */
  static of({ store }: Context): VersionMemory {
    const memory = memories.get(store) ?? new VersionMemory(store);
    memories.set(store, memory);
    return memory;
  }

  /** Changes when something is forgotten: what was begun to be listed before that is not to be believed after it. */
  get age(): number {
    return this.#age;
  }

  known(id: string): Known | undefined {
    return this.#known.get(id);
  }

  /** Believes what was listed, unless something was forgotten since the memory was of this age. */
  keep(id: string, known: Known, age: number): void {
    if (age === this.#age) this.#known.set(id, known);
  }

  /** Believes nothing any more that was listed of a dataset, or of all. */
  forget(id?: string): void {
    this.#age++;
    if (id === undefined) this.#known.clear();
    else this.#known.delete(id);
  }

  /** One object for what is the same, so that callers may keep what they made of it. */
  async info(key: string, make: () => Promise<VersionInfo>): Promise<VersionInfo> {
    const known = this.#infos.get(key);
    if (known) return known;
    const made = await make();
    if (this.#infos.size >= maxInfos) this.#infos.clear();
    this.#infos.set(key, made);
    return made;
  }
}

const memories = new WeakMap<Context["store"], VersionMemory>();
