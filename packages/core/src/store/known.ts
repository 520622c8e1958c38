/** Compares blocks with what a pack holds. An import that comes again asks in the order of the pack, so what follows is read ahead. */
import type { Awaitable } from "../platform.js";
import type { Pack } from "./pack.js";
import type { Location } from "./pack-index.js";

/** Bytes read at once while questions follow each other. */
const windowBytes = 131_072;
/** Questions follow each other when no more bytes lie between them. */
const nearBytes = 4096;

export class Known {
  #pack: Pack | undefined;
  #from = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the last block that was asked for ended. */
  #end = -1;

  /** Says whether the pack holds these bytes at the location; says no where finding out would take time. */
  holds(pack: Pack, location: Location, bytes: Uint8Array): boolean {
    if (location.length !== bytes.length) return false;
    const stored = this.#read(pack, location);
    this.#end = location.offset + location.length;
    this.#pack = pack;
    return stored !== undefined && isSame(stored, bytes);
  }

  #read(pack: Pack, location: Location): Uint8Array | undefined {
    const { offset, length } = location;
    if (!pack.trailer.isPlain) return atOnce(pack.read(location));
    const isKnown = pack === this.#pack && offset >= this.#from && offset + length <= this.#from + this.#bytes.length;
    if (isKnown) return this.#bytes.subarray(offset - this.#from, offset - this.#from + length);
    const isNext = pack === this.#pack && Math.abs(offset - this.#end) <= nearBytes;
    const size = Math.min(pack.trailer.rawBytes - offset, isNext ? Math.max(windowBytes, length) : length);
    const read = size < length ? undefined : atOnce(pack.read({ offset, length: size, next: undefined }));
    this.#from = offset;
    this.#bytes = read ?? new Uint8Array(0);
    return read?.subarray(0, length);
  }
}

/** The value if it is there; a promise counts as absent, and whatever becomes of it is ignored. */
export function atOnce<T>(value: Awaitable<T | undefined>): T | undefined {
  if (!(value instanceof Promise)) return value;
  value.catch(() => undefined);
  return undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
