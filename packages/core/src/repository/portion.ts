/** Portions of a dataset's rows as lines of text: what two threads share a long export by. */
import { LinePrinter } from "../item/printer.js";
import type { Platform } from "../platform.js";
import { BlockStore } from "../store/blocks.js";
import type { Drive } from "../store/drive.js";
import { Trail } from "../store/trail.js";
import { RecentNodes } from "../tree/cache.js";
import { readBatches, type RowGround, type RowTree } from "./rows.js";
import type { StoredBatch } from "./stored-batch.js";
import type { DatasetVersion } from "./version.js";

/** The rows from one index up to, not including, another. */
export interface Portion {
  readonly from: number;
  readonly to: number;
}

/** What is in a line: the item's data, or with `rows` the row's id, position and attributes too. `lossy` leaves attributes out without asking. */
export interface LineForm {
  readonly rows?: boolean | undefined;
  readonly lossy?: boolean | undefined;
}

/** The first rows of a portion, printed: their lines are the first bytes of `room`. Those behind them are for others to print, or to say what is wrong with them. */
export interface PrintedPortion {
  readonly room: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly bytes: number;
}

/** Prints portions somewhere else, such as on another thread. */
export interface PortionHelper {
  /** Says whether portions may be given: not before it is set up, and not when it came to harm. */
  readonly isReady: boolean;
  /** As {@link PortionPrinter.print}, of any number of portions in their order; `room` is given away. Never rejects. */
  print(portion: Portion, room: Uint8Array<ArrayBuffer>): Promise<PrintedPortion>;
  /** Ends it, whatever it does. */
  stop(): Promise<void>;
}

/** Where a long export finds help. */
export interface PortionHelp {
  /** Bytes of text after which help is worth its start. */
  readonly from: number;
  /** Aimed-for bytes of a portion, an even number: enough that the way there and back adds little. */
  readonly portionBytes: number;
  /** A helper for this version, or `undefined` where none can be had. */
  start(version: DatasetVersion, form: LineForm): Promise<PortionHelper | undefined>;
}

/** Nodes on the way to a portion, which are met again on the way to the next. */
const pathBytes = 2 ** 19;
/** Of the indexes of packs: a helper is one beside another that has them in memory. */
const helperIndexBytes = 2 ** 23;

export class PortionPrinter {
  readonly #trail: Trail;

  constructor(
    readonly ground: RowGround,
    readonly dataset: RowTree,
    readonly form: LineForm,
    readonly printer = new LinePrinter(),
  ) {
    this.#trail = new Trail(ground.store, true);
  }

  /** Opens a drive to print from a dataset that is known by its tree. */
  static async open(drive: Drive, platform: Platform, dataset: RowTree, form: LineForm): Promise<PortionPrinter> {
    const store = await BlockStore.open(drive, platform, { indexBytes: helperIndexBytes });
    return new PortionPrinter({ store, platform, nodes: new RecentNodes(pathBytes) }, dataset, form);
  }

  /**
   * Prints rows, each block proven, up to the first batch that `room` has no place for, that cannot be had, or that might lose something.
   *
   * Never rejects: what is wrong with a row is for him to say whose turn it is to print it.
   */
  async print({ from, to }: Portion, room: Uint8Array<ArrayBuffer>): Promise<PrintedPortion> {
    let [rows, bytes] = [0, 0];
    try {
      const page = { offset: from, limit: to - from, isFleeting: true };
      for await (const batch of readBatches(this.ground, this.dataset, page, this.#trail)) {
        const text = this.#print(batch);
        if (!text || bytes + text.length > room.length) break;
        room.set(text, bytes);
        bytes += text.length;
        rows += batch.count;
      }
    } catch {
      // It is found again, and said, where the rows are in turn.
    }
    return { room, rows, bytes };
  }

  #print(batch: StoredBatch): Uint8Array | undefined {
    if (this.form.rows === true) return this.printer.printRows(batch.items, batch.ids, batch.positions);
    const text = this.printer.print(batch.items, "plain");
    return this.printer.mayLeaveOut && this.form.lossy !== true ? undefined : text;
  }
}
