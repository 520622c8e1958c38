/**
 * Pieces of packs kept in a folder of this machine, so that the next process need not ask the bucket for them.
 *
 * Only for names that are never used again. A file is a line that says what the piece is, its bytes, and a check over both: what is cut, damaged or of
 * another piece is as good as none. When the folder grows beyond its bound the files written first go; everything in it may be deleted at any time.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Span } from "@sheaf/core";
import type { Piece } from "./range.js";
import type { GetPiece } from "./spans.js";

/** Longer pieces belong to a walk over everything, which would push out what is read again. */
const longestKept = 4 << 20;
const checkBytes = 32;

export class CacheFolder {
  /** Bytes in the folder as far as this process knows; unknown before its first write. */
  #bytes: number | undefined;
  /** Names that this process removed. */
  readonly #gone = new Set<string>();

  /** @param origin  tells buckets apart */
  constructor(
    readonly path: string,
    readonly maxBytes: number,
    readonly origin: string,
  ) {}

  /** Gives pieces from the folder where they are there, and keeps those that had to be got. */
  around(get: GetPiece): GetPiece {
    return async (name, span) => {
      if (this.#gone.has(name)) return await get(name, span);
      const label = `${this.origin}\n${name}\n${span.start}-${span.end ?? ""}`;
      const kept = await this.#read(label);
      if (kept) return kept;
      const piece = await get(name, span);
      // What cannot be kept is got again.
      if (piece && isWorthKeeping(piece, span)) await this.#write(label, piece).catch(() => undefined);
      return piece;
    };
  }

  /** Gives nothing of this name any more; its files go with the others. */
  forget(name: string): void {
    this.#gone.add(name);
  }

  async #read(label: string): Promise<Piece | undefined> {
    const file = await readFile(this.#fileOf(label)).catch(() => undefined);
    const end = file?.indexOf("\n") ?? -1;
    if (!file || end < 0 || file.length < end + 1 + checkBytes) return undefined;
    const body = file.subarray(0, -checkBytes);
    if (!checkOf(label, body).equals(file.subarray(-checkBytes))) return undefined;
    const [at, size] = file.toString("latin1", 0, end).split(" ").map(Number);
    return { at, size, bytes: new Uint8Array(body.subarray(end + 1)) };
  }

  async #write(label: string, { at, size, bytes }: Piece): Promise<void> {
    const body = Buffer.concat([Buffer.from(`${at} ${size}\n`), bytes]);
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const temporary = join(this.path, `${randomBytes(16).toString("hex")}.tmp`);
    await writeFile(temporary, Buffer.concat([body, checkOf(label, body)]), { mode: 0o600 });
    await rename(temporary, this.#fileOf(label));
    this.#bytes = (this.#bytes ?? (await this.#sizes()).total) + body.length + checkBytes;
    if (this.#bytes > this.maxBytes) await this.#shrink();
  }

  /** Removes what was written first until a tenth is free: then the next writes need not look again. */
  async #shrink(): Promise<void> {
    const { files, total } = await this.#sizes();
    this.#bytes = total;
    for (const { path, bytes } of files.sort((a, b) => a.time - b.time)) {
      if (this.#bytes <= this.maxBytes * 0.9) return;
      await unlink(path).catch(() => undefined);
      this.#bytes -= bytes;
    }
  }

  async #sizes(): Promise<{ files: { path: string; bytes: number; time: number }[]; total: number }> {
    const files: { path: string; bytes: number; time: number }[] = [];
    for (const name of await readdir(this.path)) {
      const path = join(this.path, name);
      const found = await stat(path).catch(() => undefined);
      if (found) files.push({ path, bytes: found.size, time: found.mtimeMs });
    }
    return { files, total: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  #fileOf(label: string): string {
    return join(this.path, createHash("sha256").update(label).digest("hex"));
  }
}

function isWorthKeeping({ bytes }: Piece, { start, end }: Span): boolean {
  return bytes.length <= longestKept && (start < 0 || end !== undefined);
}

function checkOf(label: string, body: Uint8Array): Buffer {
  return createHash("sha256").update(label).update("\0").update(body).digest();
}
