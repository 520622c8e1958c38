/** A dataset's rows as the lines of the projection, in order, a batch at a time. */
import {
  badInput,
  leavesFrom,
  LinePrinter,
  splitRowKey,
  utf8,
  type BlockReader,
  type Digest,
  joinBytes,
} from "@sheaf/core";

/** Longest line, its line feed counted: hosts refuse files above 100 MB, and nobody reviews such a row. Longer ones neither go to git nor come from there. */
export const maxRowBytes = 2 ** 26;

/** Lines of rows that stand one after another; the bytes are valid until the next batch is asked for. */
export interface LineBatch {
  readonly text: Uint8Array;
  /** Where each line ends in `text`, behind its line feed. */
  readonly ends: readonly number[];
  readonly positions: readonly string[];
}

export interface LineOptions {
  /** Begins with the first row that stands at this position or later; the empty one stands for the start. */
  readonly from?: string;
  /** Leaves of the tree of rows to read together: 1 where few rows are wanted, more for whole datasets. */
  readonly ahead?: number;
}

/** Rows of a batch, and bytes of the blocks that it begins with, after which it ends: what the printer likes best. */
const maxRows = 1024;
const maxBytes = 2 ** 18;
const lineFeed = 0x0a;

/** Printers that nobody uses now: opening one costs more than printing a few rows. */
const idle: LinePrinter[] = [];

/** Prints the rows of a tree. Throws missing-block or corrupt-block. */
export async function* rowLines(
  reader: BlockReader,
  rows: Digest,
  options: LineOptions = {},
): AsyncGenerator<LineBatch, void, undefined> {
  const printer = idle.pop() ?? new LinePrinter();
  try {
    yield* printedBy(printer, reader, rows, options);
  } finally {
    idle.push(printer);
  }
}

async function* printedBy(
  printer: LinePrinter,
  reader: BlockReader,
  rows: Digest,
  { from = "", ahead = 1 }: LineOptions,
): AsyncGenerator<LineBatch, void, undefined> {
  let wanted = 1;
  let keys: Uint8Array[] = [];
  let items: Digest[] = [];
  for await (const { leaf, start, end } of leavesFrom(reader, rows, { from: from ? utf8(from) : undefined, ahead })) {
    for (let i = start; i < end; i++) {
      keys.push(leaf.key(i));
      items.push(leaf.link(i));
      if (keys.length < wanted) continue;
      const { batch, blockBytes } = await print(reader, printer, keys, items);
      wanted = Math.max(1, Math.min(maxRows, Math.floor((maxBytes * keys.length) / blockBytes)));
      yield batch;
      keys = [];
      items = [];
    }
    if (ahead > 1 || keys.length === 0) continue;
    yield (await print(reader, printer, keys, items)).batch;
    keys = [];
    items = [];
  }
  if (keys.length > 0) yield (await print(reader, printer, keys, items)).batch;
}

async function print(
  reader: BlockReader,
  printer: LinePrinter,
  keys: readonly Uint8Array[],
  items: readonly Digest[],
): Promise<{ batch: LineBatch; blockBytes: number }> {
  const blocks = await reader.loadMany(items);
  const ids: string[] = [];
  const positions: string[] = [];
  for (const key of keys) {
    const { position, id } = splitRowKey(key);
    ids.push(id);
    positions.push(position);
  }
  const text = printer.printRows(blocks, ids, positions);
  const ends: number[] = [];
  for (let end = text.indexOf(lineFeed) + 1; end > 0; end = text.indexOf(lineFeed, end) + 1) {
    checkLength(end - (ends.at(-1) ?? 0), ids[ends.length]);
    ends.push(end);
  }
  return { batch: { text, ends, positions }, blockBytes: blocks.reduce((sum, block) => sum + block.length, 1) };
}

function checkLength(bytes: number, id: string): void {
  if (bytes <= maxRowBytes) return;
  const most = `${maxRowBytes / 2 ** 20} MiB`;
  throw badInput(
    `the row is a line of more than ${most}, which no git host takes; split it, or keep its large parts elsewhere`,
    { id },
  );
}

/** The lines of the rows from one position up to another, end to end: what a file of rows holds. */
export async function linesBetween(
  reader: BlockReader,
  rows: Digest,
  from: string,
  to: string | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const { text, ends, positions } of rowLines(reader, rows, { from })) {
    const beyond = to === undefined ? -1 : positions.findIndex(position => position >= to);
    parts.push(text.slice(0, beyond < 0 ? text.length : beyond === 0 ? 0 : ends[beyond - 1]));
    if (beyond >= 0) break;
  }
  return joinBytes(parts);
}
