/** The ids that Humanloop shows: a prefix and digits and letters, each a pure function of what it names, so that every server and every clone shows the same. */
import { utf8, type DatasetInfo, type Platform } from "@sheaf/core";
import { attributeOf } from "../catalog/catalog.js";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Bytes of a digest that go into an id, and the digits that they fill. */
const idBytes = 15;
const idDigits = 21;

/** The id of what these texts say. */
export function madeId(platform: Platform, prefix: IdPrefix, ...texts: readonly string[]): string {
  const digest = new Uint8Array(32);
  platform.digestInto(utf8(texts.join("\0")), digest, 0);
  return prefix + base62(digest.subarray(0, idBytes), idDigits);
}

export type IdPrefix = "dsv_" | "dp_" | "dir_" | "usr_" | "env_";

/** The dataset's id: one that it brought from Humanloop, else made of its own. */
export function datasetId(dataset: DatasetInfo): string {
  const kept = attributeOf(dataset, "humanloop");
  const id = typeof kept === "object" && kept !== null && "id" in kept ? kept.id : undefined;
  if (typeof id === "string" && /^ds_[0-9A-Za-z]{1,64}$/.test(id)) return id;
  const bytes = Uint8Array.from(dataset.id.match(/../g) ?? [], pair => parseInt(pair, 16));
  return `ds_${base62(bytes, 22)}`;
}

/** The id of a datapoint, by its digest as latin1 text. */
export function datapointId(digest: string): string {
  return `dp_${base62(
    Uint8Array.from(digest.slice(0, idBytes), letter => letter.charCodeAt(0)),
    idDigits,
  )}`;
}

function base62(bytes: Uint8Array, length: number): string {
  let number = 0n;
  for (const byte of bytes) number = number * 256n + BigInt(byte);
  let text = "";
  for (; number > 0n; number /= 62n) text = digits[Number(number % 62n)] + text;
  return text.padStart(length, "0");
}
