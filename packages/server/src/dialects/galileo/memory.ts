/** What the dialect remembers between requests, for each server: nothing that could not be found out again. */
import type { Desk } from "../../desk.js";
import { Columns } from "../catalog/columns.js";
import { RowIds } from "../catalog/row-ids.js";
import { Authors } from "./origins.js";
import { Counters } from "./counters.js";
import { rowForm } from "./ids.js";

/** How far something is. */
export interface Steps {
  readonly progress_message: string;
  readonly steps_completed: number;
  readonly steps_total: number;
}

export interface Memory {
  readonly rowIds: RowIds;
  readonly columns: Columns;
  readonly counters: Counters;
  readonly authors: Authors;
  /** How far the making of rows is, by the dataset's UUID. */
  readonly extensions: Map<string, Steps>;
}

const memories = new WeakMap<Desk, Memory>();

export function memoryOf(desk: Desk): Memory {
  let memory = memories.get(desk);
  if (!memory) {
    const { repo } = desk;
    const columns = new Columns();
    memory = {
      rowIds: new RowIds(rowForm(repo.local().platform)),
      columns,
      counters: new Counters(repo, columns),
      authors: new Authors(repo),
      extensions: new Map(),
    };
    memories.set(desk, memory);
  }
  return memory;
}
