/** One item at a time: between JSON text and block. For many at once see `lines.ts` and `printer.ts`. */
import type { Place } from "../errors.js";
import { encodeGrowth, inputAt, openKernel, printGrowth, type Kernel } from "./kernel.js";
import { encodeText, printText, type ItemForm } from "./reference.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** What the shared kernel is handed at most; longer texts and blocks are left to the reference. */
const kernelBytes = 2 ** 18;

/** So many items are left to the reference first: opening the kernel takes as long, and who wants one item wants it soon. */
const itemsBefore = 16;

let shared: Kernel | null | undefined;
let items = 0;

/** The kernel of this file, once it is worth opening. No call keeps it across another. */
function kernel(): Kernel | null {
  if (shared === undefined) {
    if (items++ < itemsBefore) return null;
    shared = openKernel(Math.max(encodeGrowth, printGrowth)) ?? null;
    shared?.reserve(kernelBytes);
  }
  return shared;
}

/** Encodes the JSON text of one item as its block, in bytes of its own. Throws bad-input with line, column and pointer. */
export function encodeJson(text: string | Uint8Array, form: ItemForm = "plain", place: Place = {}): Uint8Array {
  const fast = text.length * 3 <= kernelBytes ? kernel() : null;
  return (fast !== null && encodeFast(fast, text, form)) || encodeText(text, form, place);
}

function encodeFast(fast: Kernel, text: string | Uint8Array, form: ItemForm): Uint8Array | undefined {
  if (typeof text === "string" && !text.isWellFormed()) return undefined;
  let { length } = text;
  if (typeof text === "string")
    length = encoder.encodeInto(text, fast.bytes.subarray(inputAt, inputAt + fast.capacity)).written;
  else fast.bytes.set(text, inputAt);
  const end = fast.encodeText(length, form === "plain") >>> 0;
  return end === 0 ? undefined : fast.bytes.slice(fast.outputAt, end);
}

/** Prints the block of an item as JSON text on one line, keys in UTF-8 byte order: in the user's form, attributes left out, or in the block's. Throws bad-input. */
export function printItem(block: Uint8Array, form: ItemForm = "plain"): string {
  return printFast(block, form, false) ?? printText(block, form);
}

/** Text that `JSON.parse` reads as the item is viewed, and whether the item has attributes beside. */
export interface ViewText {
  readonly text: string;
  readonly hasMeta: boolean;
}

/** Prints the block of an item in the user's form for `JSON.parse`; `undefined` where the kernel refuses, or an integer would be rounded. */
export function printForView(block: Uint8Array): ViewText | undefined {
  const text = printFast(block, "plain", true);
  return text === undefined ? undefined : { text, hasMeta: kernel()?.leftOut === true };
}

function printFast(block: Uint8Array, form: ItemForm, exact: boolean): string | undefined {
  const fast = block.length < kernelBytes ? kernel() : null;
  if (fast === null) return undefined;
  fast.printBlock(block, form === "plain" ? 0 : 1);
  if (fast.refused !== 0 || (exact && fast.wide)) return undefined;
  return decoder.decode(fast.bytes.subarray(fast.outputAt, fast.outputEnd - 1));
}
