/**
 * Columns made of others: input, output, generated_output, metadata and named ones (`mgt`).
 *
 * A target's cell is a JSON object of the columns that it names, as text; with `flatten` and one column alone it is that column's cell.
 */
import { isObject, printJson, setKey, type Value, type ValueObject } from "@sheaf/core";
import { cellIn, cellText } from "./cells.js";
import { unprocessable, type Loc } from "./errors.js";

interface Target {
  readonly name: string;
  readonly columns: readonly string[];
  readonly flatten: boolean;
}

export interface Mapping {
  readonly columns: readonly string[];
  readonly itemOf: (item: ValueObject) => ValueObject;
}

const plainTargets = ["input", "output", "generated_output", "metadata"] as const;

/** Reads a mapping; `undefined` for none. Throws 422, also for a column that is not there. */
export function readMapping(
  value: Value | undefined,
  columns: readonly string[] | undefined,
  loc: Loc = ["body", "column_mapping"],
): Mapping | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw unprocessable(loc, "a column mapping is an object");
  const targets = plainTargets.flatMap(name => readTarget(name, own(value, name), [...loc, name]));
  const { mgt } = value;
  if (mgt !== undefined && mgt !== null) {
    if (!isObject(mgt)) throw unprocessable([...loc, "mgt"], "mgt is an object from names to columns");
    for (const name of Object.keys(mgt)) targets.push(...readTarget(name, mgt[name], [...loc, "mgt", name]));
  }
  if (targets.length === 0) return undefined;
  if (columns) for (const target of targets) needColumns(target, columns, loc);
  return { columns: [...new Set(targets.map(({ name }) => name))], itemOf: item => mapped(item, targets) };
}

function own(object: ValueObject, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function readTarget(name: string, value: Value | undefined, loc: Loc): Target[] {
  if (value === undefined || value === null) return [];
  const columns = Array.isArray(value) ? value : isObject(value) ? own(value, "columns") : undefined;
  if (!Array.isArray(columns) || !columns.every(column => typeof column === "string"))
    throw unprocessable(loc, "this names columns: a list, or an object with such a list as columns");
  const flatten = isObject(value) && own(value, "flatten") === true;
  return columns.length === 0 ? [] : [{ name, columns, flatten }];
}

function needColumns({ name, columns }: Target, known: readonly string[], loc: Loc): void {
  for (const column of columns)
    if (!known.includes(column)) throw unprocessable([...loc, name], `there is no column ${column}`);
}

function mapped(item: ValueObject, targets: readonly Target[]): ValueObject {
  const made: ValueObject = {};
  for (const { name, columns, flatten } of targets) {
    const cells = columns.map(column => cellIn(item, column));
    const isText = name === "metadata";
    setKey(made, name, flatten && columns.length === 1 ? cells[0] : objectText(columns, cells, isText));
  }
  return made;
}

/** The object's JSON, its members in the order of the mapping. Metadata holds texts only. */
function objectText(columns: readonly string[], cells: readonly Value[], isText: boolean): string {
  const members = columns.map((column, i) => {
    const cell = isText ? cellText(cells[i]) : cells[i];
    return `${JSON.stringify(column)}:${printJson(cell)}`;
  });
  return `{${members.join()}}`;
}
