/** A drive that counts what is asked of the drive below it, for tests that hold costs. */
import type { Awaitable } from "../platform.js";
import type { Drive, Span } from "../store/drive.js";

/** Calls and bytes since the last {@link CountingDrive.reset}. */
export interface DriveCounts {
  reads: number;
  readBytes: number;
  creates: number;
  createdBytes: number;
  lists: number;
  /** Names that listings gave. */
  listed: number;
  removes: number;
}

function zero(): DriveCounts {
  return { reads: 0, readBytes: 0, creates: 0, createdBytes: 0, lists: 0, listed: 0, removes: 0 };
}

/** Passes everything on, synchronous answers too, and counts. */
export class CountingDrive implements Drive {
  counts: DriveCounts = zero();
  /** Names in the order they were created. */
  created: string[] = [];

  constructor(readonly drive: Drive) {}

  reset(): void {
    this.counts = zero();
    this.created = [];
  }

  read(name: string, span?: Span, room?: Uint8Array): Awaitable<Uint8Array | undefined> {
    this.counts.reads++;
    const bytes = this.drive.read(name, span, room);
    if (bytes instanceof Promise) return bytes.then(read => this.#countRead(read));
    return this.#countRead(bytes);
  }

  create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    this.counts.creates++;
    this.created.push(name);
    if (!(bytes instanceof Uint8Array)) return this.drive.create(name, this.#countStream(bytes));
    this.counts.createdBytes += bytes.length;
    return this.drive.create(name, bytes);
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    this.counts.lists++;
    for await (const name of this.drive.list(prefix, after)) {
      this.counts.listed++;
      yield name;
    }
  }

  remove(name: string): Promise<void> {
    this.counts.removes++;
    return this.drive.remove(name);
  }

  #countRead(bytes: Uint8Array | undefined): Uint8Array | undefined {
    this.counts.readBytes += bytes?.length ?? 0;
    return bytes;
  }

  async *#countStream(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const part of stream) {
      this.counts.createdBytes += part.length;
      yield part;
    }
  }
}
