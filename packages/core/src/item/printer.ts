/** Blocks of items to lines of JSON text, in bulk. The kernel does the work where there is one; what it refuses is done by the reference. */
import { joinBytes, utf8 } from "../text.js";
import { CborWriter } from "./cbor-writer.js";
import { inputAt, maxRows, openKernel, printGrowth, type Kernel } from "./kernel.js";
import { printRow, printText, type ItemForm } from "./reference.js";

/** Blocks in a list, or in one array as an `ItemBatch` has them. */
export type BlockList = readonly Uint8Array[] | BlockSpans;
export interface BlockSpans {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Bytes of blocks that the kernel is handed at once. */
const sliceBytes = 2 ** 18;
/** A longer block is printed by the reference. */
const maxKernelBytes = 2 ** 25;
/** Room that one row needs beyond growth: quotes, names, braces, the line break. */
const rowBytes = 16;

interface Job {
  readonly count: number;
  readonly form: 0 | 1 | 2;
  block(i: number): Uint8Array;
  /** Bytes of block i. */
  length(i: number): number;
  /** The blocks from one to before another in one piece, where they lie one right after another. */
  readonly run?: ((from: number, to: number) => Uint8Array) | undefined;
  /** What stands in front of block i for the kernel: its id and position as CBOR text. */
  names?(i: number): Uint8Array;
  reference(block: Uint8Array, i: number): string;
}

/**
 * Prints items as lines, each ended by LF, keys in UTF-8 byte order. What it gives is valid until its next call.
 *
 * Throws bad-input for a block that is not the canonical dag-cbor of an item. About 256 KiB of blocks at a time is best.
 */
export class LinePrinter {
  readonly #kernel: Kernel | undefined;
  readonly #writer = new CborWriter();
  /** Says whether attributes may have been left out of what was printed last; where the reference helped, it says yes without knowing. */
  mayLeaveOut = false;

  /** @param engine  `reference` does without the kernel: same results, slower */
  constructor(engine: "kernel" | "reference" = "kernel") {
    this.#kernel = engine === "reference" ? undefined : openKernel(printGrowth);
    this.#kernel?.reserve(sliceBytes);
  }

  /** Prints items in the user's form, attributes left out, or in the block's form. */
  print(blocks: BlockList, form: ItemForm = "plain"): Uint8Array {
    return this.#lines({
      ...source(blocks),
      form: form === "plain" ? 0 : 1,
      reference: block => printText(block, form),
    });
  }

  /** Prints rows as the projection does: `@id` and `@pos` among the members of the block's form, own keys of these names escaped. */
  printRows(blocks: BlockList, ids: readonly string[], positions: readonly string[]): Uint8Array {
    return this.#lines({
      ...source(blocks),
      run: undefined,
      form: 2,
      names: i => this.#names(ids[i], positions[i]),
      reference: (block, i) => printRow(block, ids[i], positions[i]),
    });
  }

  #names(id: string, position: string): Uint8Array {
    this.#writer.at = 0;
    this.#writer.text(id, 0);
    this.#writer.text(position, 0);
    return this.#writer.bytes.subarray(0, this.#writer.at);
  }

  #lines(job: Job): Uint8Array {
    const parts: Uint8Array[] = [];
    this.mayLeaveOut = false;
    let i = 0;
    while (i < job.count) {
      const taken = this.#kernel === undefined ? 0 : this.#fill(this.#kernel, job, i);
      const part =
        this.#kernel === undefined || taken === 0 ? referenceLine(job, i) : printSlice(this.#kernel, job, i, taken);
      const next = i + Math.max(taken, 1);
      if (this.#kernel === undefined || taken === 0 || this.#kernel.refused > 0 || this.#kernel.leftOut)
        this.mayLeaveOut = true;
      parts.push(next < job.count ? part.slice() : part);
      i = next;
    }
    return parts.length === 1 ? parts[0] : joinBytes(parts);
  }

  /** Puts blocks into the kernel's input, from the i-th on, as many as fit; none when the first is too long for it. */
  #fill(kernel: Kernel, job: Job, first: number): number {
    if (job.length(first) > maxKernelBytes) return 0;
    kernel.reserve(job.length(first) + 4096);
    const bounds = kernel.table(0, maxRows + 1);
    let at = inputAt;
    let left = kernel.capacity;
    let count = 0;
    for (; first + count < job.count && count < maxRows; count++) {
      const i = first + count;
      const names = job.names?.(i);
      left -= job.length(i) + (names?.length ?? 0) + rowBytes;
      if (left < 0) break;
      bounds[count] = at;
      if (names !== undefined) at = put(kernel.bytes, at, names);
      if (job.run === undefined) at = put(kernel.bytes, at, job.block(i));
      else at += job.length(i);
      bounds[count + 1] = at;
    }
    if (job.run !== undefined) kernel.bytes.set(job.run(first, first + count), inputAt);
    return count;
  }
}

function put(bytes: Uint8Array, at: number, more: Uint8Array): number {
  bytes.set(more, at);
  return at + more.length;
}

function source(blocks: BlockList): Pick<Job, "count" | "block" | "length" | "run"> {
  if (!("bytes" in blocks)) return { count: blocks.length, block: i => blocks[i], length: i => blocks[i].length };
  const { bytes, count, starts, ends } = blocks;
  const each = {
    count,
    block: (i: number) => bytes.subarray(starts[i], ends[i]),
    length: (i: number) => ends[i] - starts[i],
  };
  for (let i = 1; i < count; i++) if (starts[i] !== ends[i - 1]) return each;
  return { ...each, run: (from, to) => bytes.subarray(starts[from], ends[to - 1]) };
}

function referenceLine(job: Job, i: number): Uint8Array {
  return utf8(`${job.reference(job.block(i), i)}\n`);
}

/** Prints the blocks in the kernel's input, and puts the lines that it refused in their places. */
function printSlice(kernel: Kernel, job: Job, first: number, count: number): Uint8Array {
  kernel.printBlocks(count, job.form);
  const text = kernel.bytes.subarray(kernel.outputAt, kernel.outputEnd);
  if (kernel.refused === 0) return text;
  const ends = kernel.table(1, count);
  const parts: Uint8Array[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const end = ends[i] - kernel.outputAt;
    parts.push(end > at ? text.subarray(at, end) : referenceLine(job, first + i));
    at = end;
  }
  return joinBytes(parts);
}
