/**
 * A drive in a folder of Node's file system. Any number of processes may use it at once.
 *
 * A file is written under a temporary name, made durable, and linked to its own name: `link` fails when the name is taken, so of rivals one wins,
 * and what can be read is whole. Temporary names stand in `.tmp`, which no name of the drive can reach.
 */
import { randomBytes } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, readSync, readdirSync, statSync, unlink, unlinkSync } from "node:fs";
import type { Dirent } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { checkDriveName, clip, isDriveName, SheafError, type Drive, type Span } from "@sheaf/core";
import { Descriptors } from "./descriptors.js";
import { codeOf, driveFailed, noLinks } from "./failure.js";
import { Flusher } from "./flusher.js";
import { writeStream, writeWhole } from "./stream-writer.js";

const temporaryFolder = ".tmp";
/** A temporary file that old belongs to a process that is gone. */
const staleMs = 3_600_000;

/** What `link` says on file systems that have none. */
const noLinkCodes = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV", "EINVAL"]);

export interface FolderOptions {
  /** Makes the folder (and those above it) when it is not there; otherwise opening throws no-such-repository. */
  readonly create?: boolean;
}

/** Bytes in the files of one folder. Reads are synchronous; a file read in parts stays open, and may be read for a while after another process removed it. */
export class FolderDrive implements Drive {
  readonly path: string;
  readonly #descriptors = new Descriptors();
  readonly #flusher = new Flusher();
  /** Folders known to be there and durable. */
  readonly #folders = new Set<string>();
  #temporary = 0;

  private constructor(path: string) {
    this.path = path;
  }

  /** Opens a folder as a drive, and sweeps what crashed processes left under temporary names. */
  static open(path: string, options: FolderOptions = {}): FolderDrive {
    const drive = new FolderDrive(resolve(path));
    drive.#check(options.create ?? false);
    drive.#sweep();
    return drive;
  }

  read(name: string, span?: Span, room?: Uint8Array): Uint8Array | undefined {
    if (!this.#descriptors.holds(name)) checkDriveName(name);
    try {
      const path = `${this.path}/${name}`;
      // Mostly a log is asked for an entry that is not there yet: an error that is thrown for it would cost more than all else.
      if (span === undefined && !statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
      const file = this.#descriptors.use(name, path);
      const { start, end } = clip(span, file.size);
      const bytes = readRange(file.descriptor, start, end - start, room);
      if (span === undefined) this.#descriptors.close(name);
      return bytes;
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR" || codeOf(error) === "EISDIR") return undefined;
      throw driveFailed(name, this.path, error);
    }
  }

  async create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    checkDriveName(name);
    try {
      const temporary = await this.#write(bytes);
      try {
        return await this.#link(temporary, name);
      } finally {
        removeIfThere(temporary);
      }
    } catch (error) {
      throw driveFailed(name, this.path, error);
    }
  }

  async *list(prefix: string, after = ""): AsyncIterable<string> {
    const slash = prefix.lastIndexOf("/");
    const seen = new Set<string>();
    try {
      for (const name of this.#walk(prefix.slice(0, slash + 1), prefix, after)) {
        seen.add(name);
        yield name;
      }
    } catch (error) {
      throw driveFailed(prefix, this.path, error);
    }
    // What another process removed would hold its disk space for as long as it is open here.
    if (after === "") this.#descriptors.closeWhere(prefix, name => seen.has(name));
  }

  async remove(name: string): Promise<void> {
    checkDriveName(name);
    this.#descriptors.close(name);
    try {
      unlinkSync(join(this.path, name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") throw driveFailed(name, this.path, error);
    }
  }

  /** Closes the files that are open; the drive can still be used. */
  close(): void {
    this.#descriptors.closeWhere("", () => false);
  }

  #check(create: boolean): void {
    try {
      if (create) mkdirSync(this.path, { recursive: true });
      if (statSync(this.path).isDirectory()) return;
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw driveFailed("", this.path, error);
    }
    throw new SheafError("no-such-repository", { path: this.path }, `${this.path} is not a folder`);
  }

  #sweep(): void {
    const folder = join(this.path, temporaryFolder);
    try {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (Date.now() - statSync(path).mtimeMs > staleMs) removeIfThere(path);
      }
    } catch {
      // There is nothing to sweep, or no permission: both are harmless.
    }
  }

  /** Writes a durable file under a temporary name, and gives its path. */
  async #write(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
    const folder = join(this.path, temporaryFolder);
    const path = join(folder, `${process.pid}-${this.#temporary++}-${randomBytes(6).toString("hex")}`);
    let descriptor: number;
    try {
      descriptor = openSync(path, "wx");
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      mkdirSync(folder, { recursive: true });
      descriptor = openSync(path, "wx");
    }
    try {
      const written =
        bytes instanceof Uint8Array ? await writeWhole(descriptor, bytes) : await writeStream(descriptor, bytes);
      await this.#flusher.flush(descriptor, written);
      return path;
    } catch (error) {
      removeIfThere(path);
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  async #link(temporary: string, name: string): Promise<boolean> {
    const path = join(this.path, name);
    await this.#makeFolder(dirname(path));
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      if (noLinkCodes.has(codeOf(error))) throw noLinks(name, this.path, error);
      throw error;
    }
    await this.#flushFolder(dirname(path));
    return true;
  }

  /** Makes a folder durable before a name in it is. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    // Made now, or a moment ago by a process that was killed before it could flush: both need the flush.
    makeFolder(folder);
    if (folder.length > this.path.length) {
      await this.#makeFolder(dirname(folder));
      await this.#flushFolder(dirname(folder));
    }
    this.#folders.add(folder);
  }

  async #flushFolder(folder: string): Promise<void> {
    // Windows has no flush of a folder: there a new name is durable with its file.
    if (process.platform === "win32") return;
    const descriptor = openSync(folder, "r");
    try {
      await this.#flusher.flush(descriptor, 0);
    } finally {
      closeSync(descriptor);
    }
  }

  /** The names below a folder in byte order. `a/b` comes after `a-b`, so a folder is sorted with its slash. */
  *#walk(folder: string, prefix: string, after: string): Generator<string> {
    for (const { name, isFolder } of entries(join(this.path, folder), folder)) {
      const couldMatch = isFolder ? name.startsWith(prefix) || prefix.startsWith(name) : name.startsWith(prefix);
      if (!couldMatch) continue;
      if (!isFolder && name > after) yield name;
      if (isFolder && (name > after || after.startsWith(name))) yield* this.#walk(name, prefix, after);
    }
  }
}

function entries(path: string, folder: string): { name: string; isFolder: boolean }[] {
  let found: Dirent[];
  try {
    found = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
  const named = found.filter(entry => isDriveName(entry.name)).map(entry => toEntry(entry, folder));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function toEntry(entry: Dirent, folder: string): { name: string; isFolder: boolean } {
  const isFolder = entry.isDirectory();
  return { name: folder + entry.name + (isFolder ? "/" : ""), isFolder };
}

function readRange(descriptor: number, start: number, length: number, room: Uint8Array | undefined): Uint8Array {
  const bytes = room && room.length >= length ? room.subarray(0, length) : allocate(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, start + done);
    if (count === 0) return bytes.subarray(0, done);
    done += count;
  }
  return bytes;
}

/** Small reads, items mostly, share pieces of memory: to allocate for each costs a third of the read. Whoever keeps one for long keeps its piece. */
const smallRead = 2048;
const pieceBytes = 65_536;
let piece: Uint8Array = new Uint8Array(0);
let pieceUsed = 0;

/** Memory for a read. Not a Buffer, whose `slice` would be no copy; nothing is zeroed first. */
function allocate(length: number): Uint8Array {
  if (length > smallRead) return unsafeBytes(length);
  if (pieceUsed + length > piece.length) {
    piece = unsafeBytes(pieceBytes);
    pieceUsed = 0;
  }
  return piece.subarray(pieceUsed, (pieceUsed += length));
}

function unsafeBytes(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer, byteOffset, length);
}

/** Makes a folder and those above it. Node says EEXIST where a file stands in the way, which is no taken name. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw codeOf(error) === "EEXIST"
      ? Object.assign(new Error(`${path} is a file`, { cause: error }), { code: "ENOTDIR" })
      : error;
  }
}

/** Removes a temporary name; nobody waits for it, as a file system may let that wait for its journal. What is left is swept when the drive is opened again. */
function removeIfThere(path: string): void {
  unlink(path, () => undefined);
}
