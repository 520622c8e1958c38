// The shapes of maps: which keys, in dag-cbor's order. They form a tree; one more key is one step down. A shape is known by the place of its last step.
//
// A step, 24 bytes: u32 the step above, where its key lies, its bytes, the first step below, the next one beside, how many are below. Keys are kept, with
// room behind for sixteen bytes at once. A key is looked at once, when its step is made: after that it is only compared.

import { validUtf8 } from "./bytes";

const STEP: usize = 24;
/** Maps of which each has keys of its own, such as ids, are no shapes worth keeping. */
const MOST_BELOW: u32 = 24;

let root: usize = 0;
let steps: usize = 0;
let stepsEnd: usize = 0;
let keys: usize = 0;
let keysEnd: usize = 0;
let isCrowded: bool = false;

/** Forgets all shapes, and says where they are kept from now on. */
export function prepareShapes(stepArea: usize, stepAreaEnd: usize, keyArea: usize, keyAreaEnd: usize): void {
  root = stepArea;
  stepsEnd = stepAreaEnd;
  keys = keyArea;
  keysEnd = keyAreaEnd;
  memory.fill(root, 0, STEP);
  steps = root + STEP;
  isCrowded = false;
}

/** Says whether a shape was refused for want of room. */
export function areShapesCrowded(): bool {
  return isCrowded;
}

/** The shape of a map without members. */
export function shapeRoot(): usize {
  return root;
}

/** The shape with one more key; 0 when that is none, or there is no room for it. */
export function step(from: usize, key: usize, length: usize): usize {
  let below: usize = load<u32>(from, 12);
  while (below != 0) {
    if (load<u32>(below, 8) == <u32>length && isSame(load<u32>(below, 4), key, length)) return below;
    below = load<u32>(below, 16);
  }
  return make(from, key, length);
}

function make(from: usize, key: usize, length: usize): usize {
  const count = load<u32>(from, 20);
  if (count >= MOST_BELOW || steps + STEP > stepsEnd || length + 32 > keysEnd - keys) {
    isCrowded = true;
    return 0;
  }
  if ((from != root && !comesBehind(from, key, length)) || isPrototype(key, length) || !validUtf8(key, key + length)) return 0;
  memory.copy(keys, key, length);
  store<u32>(steps, <u32>from);
  store<u32>(steps, <u32>keys, 4);
  store<u32>(steps, <u32>length, 8);
  store<u32>(steps, 0, 12);
  store<u32>(steps, load<u32>(from, 12), 16);
  store<u32>(steps, 0, 20);
  store<u32>(from, <u32>steps, 12);
  store<u32>(from, count + 1, 20);
  keys += length + 16;
  steps += STEP;
  return steps - STEP;
}

/** dag-cbor's order: shorter keys first. */
function comesBehind(from: usize, key: usize, length: usize): bool {
  const before: usize = load<u32>(from, 8);
  return before != length ? before < length : memory.compare(load<u32>(from, 4), key, length) < 0;
}

/** Says whether the key is `__proto__`, which an assignment would take for something else. */
function isPrototype(key: usize, length: usize): bool {
  return length == 9 && load<u64>(key) == 0x5f6f746f72705f5f && load<u8>(key + 8) == 0x5f;
}

@inline
function isSame(a: usize, b: usize, length: usize): bool {
  let at: usize = 0;
  while (at < length) {
    const left = length - at;
    const same = i8x16.bitmask(i8x16.eq(v128.load(a + at), v128.load(b + at))) | (left < 16 ? -1 << (<i32>left) : 0);
    if ((same & 0xffff) != 0xffff) return false;
    at += 16;
  }
  return true;
}
