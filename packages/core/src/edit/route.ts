/** Which parts of a dataset's document a patch names, and what it may not name. */
import { SheafError, badInput, printPlace, type Place } from "../errors.js";
import { idFault } from "../dataset/path.js";
import { target, type Target } from "./draft.js";
import type { Operation } from "./operation.js";

/** What must be loaded before a patch can be applied. */
export interface Needs {
  meta: boolean;
  /** Ids of the items whose bodies are looked at. */
  readonly items: Set<string>;
  /** Ids of the rows whose position, or mere presence, is looked at. */
  readonly rows: Set<string>;
}

/** How an operation uses a place: `puts` sets it whatever was there, `reads` looks at the whole of it, `drops` needs only that it is there. */
type Use = "puts" | "reads" | "drops";

const uses: Record<Operation["op"], Use> = {
  add: "puts",
  copy: "puts",
  move: "puts",
  replace: "drops",
  remove: "drops",
  test: "reads",
};

/**
 * Says what a patch needs loaded.
 *
 * Throws refused for the document, `/items` or `/positions` as a whole and for a removal of `/meta`, and bad-input for a place that a dataset does not have.
 */
export function readNeeds(patch: readonly Operation[]): Needs {
  const needs: Needs = { meta: false, items: new Set(), rows: new Set() };
  patch.forEach((operation, index) => {
    if (operation.op === "move" || operation.op === "copy")
      need(needs, target(operation.from, index), "reads", operation.op === "move");
    need(needs, target(operation.path, index), uses[operation.op], operation.op === "remove");
  });
  return needs;
}

function need(needs: Needs, { tokens, place }: Target, use: Use, removes: boolean): void {
  const [part, id] = tokens;
  if (part === undefined)
    throw refused("a patch cannot name the whole dataset; name its items one by one, or use import", place);
  if (part !== "meta" && part !== "items" && part !== "positions")
    throw badInput("a dataset has meta, items and positions, and nothing else", place);
  if (part === "meta") {
    if (id === undefined && removes)
      throw refused("the metadata cannot go as a whole: remove its keys, or replace it with {}", place);
    needs.meta = true;
    return;
  }
  if (id === undefined)
    throw refused(`a patch cannot name /${part} as a whole; name the rows one by one, or use import`, place);
  if (part === "items" && id === "-" && tokens.length === 2 && use === "puts") return;
  const fault = idFault(id);
  if (fault !== undefined) throw badInput(fault, place);
  if (part === "items" && (use === "reads" || tokens.length > 2)) needs.items.add(id);
  else needs.rows.add(id);
}

function refused(what: string, place: Place): SheafError<"refused"> {
  return new SheafError("refused", place, `${printPlace(place)}: ${what}`);
}
