/**
 * Ids as Arize's SDKs tell them from names: base64 of a text with a colon in it. Each is a pure function of what it names, so every server and clone shows the same.
 *
 * Digits, letters, colons and dashes alone give base64 without `+` and `/`.
 */
import type { DatasetInfo, Platform } from "@sheaf/core";
import { madeUuid } from "../catalog/uuid.js";

/** Ids of records that are called something here: what another hand wrote there under other ones is passed over. */
export const recordIdForm = /^[0-9a-f]{32}$/;

/** What a dataset is called: its own id is 32 hex digits. */
export function datasetId({ id }: Pick<DatasetInfo, "id">): string {
  return btoa(`Dataset:1:${id}`);
}

/** What a version is called: the same for as long as it lives, however it changes in place. */
export function versionId({ id }: Pick<DatasetInfo, "id">, number: number): string {
  return btoa(`DatasetVersion:${number}:${id}`);
}

/** The number of the version of this dataset that is called so; `undefined` for any other text. */
export function parseVersionId(dataset: Pick<DatasetInfo, "id">, text: string): number | undefined {
  const number = Number(/^DatasetVersion:([1-9]\d{0,14}):/.exec(decoded(text))?.[1]);
  return Number.isSafeInteger(number) && versionId(dataset, number) === text ? number : undefined;
}

/** What a space is called, made of its name. */
export function spaceId(platform: Platform, name: string): string {
  return btoa(`Space:1:${madeUuid(platform, 8, ["arize space", name]).replaceAll("-", "")}`);
}

/** What a person is called, made of the e-mail. */
export function userId(platform: Platform, email: string): string {
  return btoa(`User:1:${madeUuid(platform, 8, ["arize user", email]).replaceAll("-", "")}`);
}

/** What an id says: nothing where it is no base64. */
export function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
