/** Open files for reading, the least lately used closed first: opening costs ten times a read. */
import { closeSync, fstatSync, openSync } from "node:fs";

export interface OpenFile {
  readonly descriptor: number;
  /** Bytes in the file; what rests is frozen, so it stays true. */
  readonly size: number;
}

/** Enough for every pack of a tidy repository, far below the usual limit of 1,024 per process. */
const maxOpen = 64;

export class Descriptors {
  /** By name; a Map keeps the order of use. */
  readonly #open = new Map<string, OpenFile>();
  #latestName = "";
  #latest: OpenFile | undefined;

  /** The open file of this name, opening `path` if need be; throws what the file system throws. */
  use(name: string, path: string): OpenFile {
    if (name === this.#latestName && this.#latest) return this.#latest;
    const file = this.#open.get(name) ?? openFile(path);
    this.#open.delete(name);
    this.#open.set(name, file);
    if (this.#open.size > maxOpen) this.#closeEldest();
    this.#latestName = name;
    this.#latest = file;
    return file;
  }

  /** Says whether the name is open, so that it need not be checked again. */
  holds(name: string): boolean {
    return this.#open.has(name);
  }

  /** Closes the file of this name, if it is open. */
  close(name: string): void {
    const file = this.#open.get(name);
    if (!file) return;
    this.#open.delete(name);
    if (name === this.#latestName) this.#latest = undefined;
    closeSync(file.descriptor);
  }

  /** Closes the files whose names begin with the prefix, but those that `keeps` claims. */
  closeWhere(prefix: string, keeps: (name: string) => boolean): void {
    for (const name of this.#open.keys()) if (name.startsWith(prefix) && !keeps(name)) this.close(name);
  }

  #closeEldest(): void {
    for (const name of this.#open.keys()) return this.close(name);
  }
}

function openFile(path: string): OpenFile {
  const descriptor = openSync(path, "r");
  return { descriptor, size: fstatSync(descriptor).size };
}
