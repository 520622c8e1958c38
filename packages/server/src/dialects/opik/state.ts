/** What the dialect remembers while the server runs: what it computed, uploads under way, export jobs. All of it may be lost. */
import type { Value, ValueObject } from "@sheaf/core";
import type { Desk } from "../../desk.js";
import { Recent } from "../catalog/recent.js";

/** Rows that differ. */
export interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** A record with its id. */
export interface KeptRecord extends ValueObject {
  id: string;
}

/** Records of one kind, newest first, and by a field of theirs. */
export interface Indexed {
  /** Of the dataset that holds them. */
  readonly cid: string;
  readonly all: readonly KeptRecord[];
  readonly by: ReadonlyMap<Value | undefined, readonly KeptRecord[]>;
}

/** An export of a dataset, and the job that makes it. */
export interface ExportJob {
  readonly id: string;
  readonly job: string;
  readonly owner: string;
  /** The dataset's id in Sheaf. */
  readonly dataset: string;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly author: string | undefined;
  /** Milliseconds since 1970. */
  readonly begun: number;
  viewed?: number;
}

export class State {
  readonly counts = new Recent<Counts>(10_000);
  /** By dataset CID: columns with their types. */
  readonly columns = new Recent<Value[]>(64);
  /** Names of authors, by commit. */
  readonly authors = new Recent<string>(10_000);
  /** Of the last upload of a dataset, by its id in Sheaf. */
  readonly uploads = new Recent<string>(10_000);
  readonly exports = new Recent<ExportJob>(10_000);
  /** Of experiments, by what they were made of. */
  readonly results = new Recent<ValueObject>(10_000);
  /** By kind of record. */
  readonly indexes = new Map<string, Indexed>();
}

const states = new WeakMap<Desk, State>();

export function stateOf(desk: Desk): State {
  let state = states.get(desk);
  if (!state) states.set(desk, (state = new State()));
  return state;
}
