/** Reads one member of a block without reading the rest. */
import { CborReader } from "./cbor-reader.js";
import { utf8 } from "../text.js";
import type { Value } from "./value.js";

/** The key asked for last, as a caller asks for the same in every row. */
let lastKey = "";
let lastBytes: Uint8Array = new Uint8Array(0);

/**
 * Gives the top-level member of an item's block with this key (in the block's form), or `undefined` when it has none.
 *
 * Decodes that member alone; the rest is stepped over, and checked only as far as stepping needs. Keys stand shortest first, so it stops early.
 * Throws bad-input when the block is no map, or is damaged on the way.
 */
export function fieldOf(block: Uint8Array, key: string): Value | undefined {
  const wanted = key === lastKey ? lastBytes : (lastBytes = utf8((lastKey = key)));
  const reader = new CborReader(block, "json");
  let left = reader.entries();
  while (left-- > 0) {
    const length = reader.textLength();
    if (length > wanted.length) return undefined;
    if (length === wanted.length && holds(block, reader.at, wanted)) {
      reader.at += length;
      return reader.value(1) as Value;
    }
    reader.at += length;
    reader.skip();
  }
  return undefined;
}

function holds(block: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (block[at + i] !== wanted[i]) return false;
  return true;
}
