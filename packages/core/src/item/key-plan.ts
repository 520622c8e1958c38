/** The order of keys in a block, found once for objects that look alike. */
import { compareBytes, utf8 } from "../text.js";

/** Keys in block order: `order[i]` is the index of the i-th key as given, `encoded[i]` its head and text. */
export interface KeyPlan {
  readonly keys: readonly string[];
  readonly order: readonly number[];
  readonly encoded: readonly Uint8Array[];
  /** Whether some key begins with `@`. */
  readonly hasAt: boolean;
}

/** Plans used last: a place for each depth and number of keys, as far as there are places. */
const plans: (KeyPlan | undefined)[] = Array.from({ length: 512 });

/**
 * Finds the order in which keys stand in a block: by their encoded bytes, which is by length, then by UTF-8 bytes.
 *
 * Gives `undefined` when a key holds a lone surrogate. `depth` only says where plans of the same level are remembered.
 */
export function planKeys(keys: readonly string[], depth: number): KeyPlan | undefined {
  const place = (depth * 16 + keys.length) & 511;
  const seen = plans[place];
  if (seen !== undefined && sameKeys(seen.keys, keys)) return seen;
  if (!keys.every(key => key.isWellFormed())) return undefined;
  const texts = keys.map(encodeKey);
  const order = keys.map((_, i) => i).sort((a, b) => compareBytes(texts[a], texts[b]));
  const plan = { keys, order, encoded: order.map(i => texts[i]), hasAt: keys.some(key => key.startsWith("@")) };
  if (keys.length <= 64) plans[place] = plan;
  return plan;
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Encodes a key as CBOR text. */
export function encodeKey(key: string): Uint8Array {
  const text = utf8(key);
  const n = text.length;
  const head =
    n < 24
      ? [0x60 | n]
      : n < 0x100
        ? [0x78, n]
        : n < 0x10000
          ? [0x79, n >> 8, n & 255]
          : [0x7a, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  const bytes = new Uint8Array(head.length + n);
  bytes.set(head);
  bytes.set(text, head.length);
  return bytes;
}
