/** Prints portions of a dataset on a thread of its own, which reads the same folder by itself. */
import { availableParallelism } from "node:os";
import type { DatasetBlock, LineForm, Portion, PortionHelp, PortionHelper, PrintedPortion } from "@sheaf/core";
import { FolderDrive } from "./folder.js";
import { startWorker, Thread, type ThreadOptions } from "./thread.js";

/** Bytes of text after which a thread is started: below, an export is done before the thread has warmed up. */
const threadFrom = 2 ** 23;
/** Some milliseconds of work; a few of them are in memory at a time. */
const portionBytes = 2 ** 19;

/** What the thread is started with. */
export interface PortionSetting {
  readonly folder: string;
  readonly dataset: Pick<DatasetBlock, "rows" | "count">;
  readonly form: LineForm;
}

/** To the thread: print this, there. */
export interface PortionRequest {
  readonly portion: Portion;
  readonly room: Uint8Array<ArrayBuffer>;
}

/**
 * Makes help for long exports from a folder: a thread that prints every other portion.
 *
 * There is none where there is one processor, where the repository lies elsewhere, or where no thread can be had. Lines and errors are the same with and without.
 */
export function printPortionsBeside(
  options: ThreadOptions & Partial<Pick<PortionHelp, "portionBytes">> = {},
): PortionHelp {
  const { program = new URL("./portion-worker.js", import.meta.url) } = options;
  return {
    from: options.from ?? threadFrom,
    portionBytes: options.portionBytes ?? portionBytes,
    async start({ context, block: { rows, count } }, form) {
      const { drive } = context.store;
      if (!(drive instanceof FolderDrive) || availableParallelism() < 2) return undefined;
      return PortionThread.start(program, { folder: drive.path, dataset: { rows, count }, form });
    },
  };
}

/** A thread that prints portions of one version. */
export class PortionThread extends Thread<PortionRequest, PrintedPortion> implements PortionHelper {
  protected readonly work = "prints portions";

  /** Starts a thread; it is of use once it {@link isReady}. */
  static async start(program: URL, workerData: PortionSetting): Promise<PortionThread> {
    return new PortionThread(await startWorker(program, { workerData }));
  }

  print(portion: Portion, room: Uint8Array<ArrayBuffer>): Promise<PrintedPortion> {
    return this.ask({ portion, room }, [room.buffer]);
  }

  /** Nothing is lost with the thread: what it did not print is printed by whoever asked. */
  protected lost(): PrintedPortion {
    return { room: new Uint8Array(0), rows: 0, bytes: 0 };
  }
}
