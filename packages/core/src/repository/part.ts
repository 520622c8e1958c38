/** A partial clone: the rows of some datasets are here, those of others are not. Which ones the configuration says. */
import type { DatasetId } from "../dataset/dataset.js";
import { isObject } from "../item/value.js";
import { Config } from "./config.js";
import type { Context } from "./context.js";

/** The datasets whose rows were cloned: their paths as they were then, and whether one of this id is among them. */
export interface Part {
  readonly paths: readonly string[];
  readonly holds: (id: DatasetId) => boolean;
}

/** Under which the configuration keeps path by id. */
export const partKey = "clone.datasets";

/** What was cloned of the repository, `undefined` for all of it. */
export async function partOf(context: Context): Promise<Part | undefined> {
  const value = await new Config(context).get(partKey);
  if (value === undefined || !isObject(value)) return undefined;
  return { paths: Object.values(value).map(String), holds: (id: DatasetId) => Object.hasOwn(value, id) };
}
