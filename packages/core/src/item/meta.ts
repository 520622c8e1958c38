/**
 * The reserved key of a block: `@meta` holds attributes that are not data, so a user's own key of that name is written with one more `@`.
 *
 * The user's form is what was imported and what is exported, attributes apart; the block's form is one object. Only keys at the top level are concerned.
 */
import { badInput, type Place } from "../errors.js";
import { isObject, setKey, type Value, type ValueObject } from "./value.js";

/** Names that are reserved in a block: with an `@` in front, they are not data. */
export const blockNames: readonly string[] = ["meta"];
const metaKey = "@meta";

/** Says whether a key is one of these names behind one `@` or more, so that escaping concerns it. */
export function isReserved(key: string, names: readonly string[]): boolean {
  if (key.charCodeAt(0) !== 0x40) return false;
  let i = 1;
  while (key.charCodeAt(i) === 0x40) i++;
  return names.includes(key.slice(i));
}

/** Writes a user's own key so that it cannot be taken for a reserved one: one more `@`, where it is concerned. */
export function escapeKey(key: string, names: readonly string[]): string {
  return isReserved(key, names) ? `@${key}` : key;
}

/** Takes back {@link escapeKey}. A reserved key itself (one `@`) stays as it is. */
export function unescapeKey(key: string, names: readonly string[]): string {
  return key.startsWith("@@") && isReserved(key, names) ? key.slice(1) : key;
}

/** Copies an object with every top-level key renamed; gives the object itself when no key changes. */
export function renameKeys(object: ValueObject, rename: (key: string) => string): ValueObject {
  const keys = Object.keys(object);
  if (keys.every(key => rename(key) === key)) return object;
  const copy: ValueObject = {};
  for (const key of keys) setKey(copy, rename(key), object[key]);
  return copy;
}

/** Makes the block's form of an item and its attributes. An empty `meta` is kept; none is not the same. */
export function toBlockForm(item: ValueObject, meta?: ValueObject): ValueObject {
  const escaped = renameKeys(item, key => escapeKey(key, blockNames));
  return meta === undefined ? escaped : { ...escaped, [metaKey]: meta };
}

/** Takes back {@link toBlockForm}. Throws bad-input when `@meta` is not an object. */
export function fromBlockForm(block: ValueObject): { item: ValueObject; meta?: ValueObject } {
  if (!Object.hasOwn(block, metaKey)) return { item: renameKeys(block, key => unescapeKey(key, blockNames)) };
  const { [metaKey]: meta, ...rest } = requireItem(block);
  return { item: renameKeys(rest, key => unescapeKey(key, blockNames)), meta: meta as ValueObject };
}

/** Gives the value back if it is an object. Throws bad-input else, at the place given. */
export function requireObject(value: Value, place: Place = {}): ValueObject {
  if (!isObject(value)) throw badInput("an item must be an object", { ...place, pointer: "" });
  return value;
}

/** Gives the value back if it is an item in the block's form: an object whose `@meta`, if there is one, is an object too. Throws bad-input else. */
export function requireItem(value: Value, place: Place = {}): ValueObject {
  const item = requireObject(value, place);
  if (!Object.hasOwn(item, metaKey) || isObject(item[metaKey])) return item;
  throw badInput("@meta holds the attributes of an item and must be an object", { ...place, pointer: `/${metaKey}` });
}
