/** What a `dataset.json` says, as people and other tools leave it. */
import {
  atPlace,
  badInput,
  isObject,
  isSheafError,
  parseJson,
  type Place,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { isDatasetId, markBytes } from "../project/texts.js";

export interface DatasetFacts {
  /** 32 hex digits; absent when it is anything else. */
  readonly id?: string;
  readonly path?: string;
  readonly meta?: ValueObject;
}

/**
 * Reads a `dataset.json`.
 *
 * @param isDataset  it is a dataset's for sure: then throws bad-input where it is not JSON, no object, or its `meta` is none. Else `undefined` for such a file.
 */
export function parseDatasetText(bytes: Uint8Array, place: Place, isDataset: boolean): DatasetFacts | undefined {
  let value: Value;
  try {
    value = parseJson(bytes.subarray(markBytes(bytes)), place);
  } catch (error) {
    if (!isSheafError(error, "bad-input") || isDataset) throw atPlace(error, place);
    return undefined;
  }
  if (!isObject(value)) {
    if (!isDataset) return undefined;
    throw badInput("what is known of a dataset must be an object", place);
  }
  const { id, path, meta } = value;
  const hasId = isDatasetId(id);
  if (meta !== undefined && !isObject(meta) && (hasId || isDataset))
    throw badInput("meta must be an object", { ...place, pointer: "/meta" });
  return {
    ...(hasId && { id }),
    ...(typeof path === "string" && { path }),
    ...(isObject(meta) && { meta }),
  };
}
