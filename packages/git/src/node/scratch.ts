/** Scratch files in a folder for temporary files. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SheafError } from "@sheaf/core";
import type { Scratch } from "../pack/scratch.js";

/**
 * Opens an empty scratch file that only this user may read, in a folder of its own below `folder`; both go when it is closed or the process ends in order.
 *
 * Throws drive-failed when the folder cannot be written to or is full.
 */
export function openNodeScratch(folder = tmpdir()): Scratch {
  return guard(folder, () => {
    const own = mkdtempSync(join(folder, "sheaf-"));
    return new FileScratch(own, openSync(join(own, "scratch"), "wx+", 0o600));
  });
}

class FileScratch implements Scratch {
  size = 0;
  #isOpen = true;
  readonly #leave = () => this.close();

  constructor(
    readonly folder: string,
    readonly descriptor: number,
  ) {
    process.once("exit", this.#leave);
  }

  append(bytes: Uint8Array): void {
    guard(this.folder, () => {
      let done = 0;
      while (done < bytes.length)
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, this.size + done);
    });
    this.size += bytes.length;
  }

  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)));
    guard(this.folder, () => {
      let done = 0;
      while (done < bytes.length) {
        const count = readSync(this.descriptor, bytes, done, bytes.length - done, at + done);
        if (count === 0) throw new RangeError("the file is shorter than what was written to it");
        done += count;
      }
    });
    return bytes;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.#leave);
    closeSync(this.descriptor);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function guard<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = (cause as Error).message;
    const sentence = `the temporary folder ${folder} cannot be used (${reason}); make room there or set TMPDIR`;
    throw new SheafError("drive-failed", { name: folder, reason }, sentence, { cause });
  }
}
