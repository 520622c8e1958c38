/** A drive in memory: for tests, for trying things out, and for repositories that nobody keeps. */
import { checkDriveName, clip, joinBytes, type Drive, type Span } from "@sheaf/core";

/** Keeps bytes in a map. "Durable" means: as long as the process lives. */
export class MemoryDrive implements Drive {
  readonly #files = new Map<string, Uint8Array>();
  /** The names in byte order; absent after a change until somebody lists. */
  #sorted: string[] | undefined;

  read(name: string, span?: Span): Uint8Array | undefined {
    const bytes = this.#files.get(name);
    if (bytes === undefined) checkDriveName(name);
    if (bytes === undefined) return undefined;
    const { start, end } = clip(span, bytes.length);
    return bytes.slice(start, end);
  }

  async create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    checkDriveName(name);
    const whole = bytes instanceof Uint8Array ? new Uint8Array(bytes) : await gather(bytes);
    if (this.#files.has(name)) return false;
    this.#files.set(name, whole);
    this.#sorted = undefined;
    return true;
  }

  async *list(prefix: string, after = ""): AsyncIterable<string> {
    const names = (this.#sorted ??= [...this.#files.keys()].sort());
    const from = prefix > after ? prefix : after;
    for (let i = firstFrom(names, from); i < names.length; i++) {
      const name = names[i];
      if (!name.startsWith(prefix)) return;
      if (name > after) yield name;
    }
  }

  async remove(name: string): Promise<void> {
    checkDriveName(name);
    if (this.#files.delete(name)) this.#sorted = undefined;
  }
}

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  // The stream may write over a chunk once the next one is asked for.
  for await (const part of stream) parts.push(new Uint8Array(part));
  return joinBytes(parts);
}

/** The index of the first name that is not smaller. */
function firstFrom(names: readonly string[], wanted: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
