/** Checks that a decoded structured block has the members its type promises, so that no later room meets a surprise. */
import { SheafError } from "../errors.js";
import { Link, type Ipld } from "../item/cbor.js";
import { isObject, type Value, type ValueObject } from "../item/value.js";
import type { Digest } from "./cid.js";

/** The types of structured blocks besides tree nodes and items. */
export type BlockType = "dataset" | "snapshot" | "commit" | "tag" | "merge" | "bundle" | "push";

type Members = { readonly [key: string]: Ipld };

function malformed(what: string): SheafError<"corrupt-block"> {
  return new SheafError("corrupt-block", { cid: "" }, `a block is malformed: ${what}; run sheaf verify`);
}

/** The members of a block of this type, version 1. Throws corrupt-block otherwise. */
export function asBlock(value: Ipld, type: BlockType): Members {
  if (!isObject(value as Value) || (value as Members)["type"] !== type) throw malformed(`expected a ${type}`);
  if ((value as Members)["version"] !== 1) throw malformed(`a ${type} of a version that this Sheaf does not know`);
  return value as Members;
}

export function asText(block: Members, key: string): string {
  const value = block[key];
  if (typeof value !== "string") throw malformed(`${key} is not text`);
  return value;
}

export function asCount(block: Members, key: string): number {
  const value = block[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw malformed(`${key} is not an integer`);
  return value;
}

export function asObject(block: Members, key: string): ValueObject {
  const value = block[key] as Value;
  if (!isObject(value)) throw malformed(`${key} is not an object`);
  return value;
}

export function asDigest(block: Members, key: string): Digest {
  const value = block[key];
  if (!(value instanceof Link)) throw malformed(`${key} is not a link`);
  return value.digest;
}

export function asDigests(block: Members, key: string): Digest[] {
  const value = block[key];
  if (!Array.isArray(value)) throw malformed(`${key} is not a list`);
  return value.map(link => {
    if (!(link instanceof Link)) throw malformed(`${key} holds something that is not a link`);
    return link.digest;
  });
}
