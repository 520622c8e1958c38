/**
 * Decompresses many small frames: one zlib state is used again and again, as making one costs three times the work on 8 KiB.
 *
 * Reaches below Node's public face (`_handle`); where that is not as expected, at the first use, the public function does the work.
 */
import { constants, createInflateRaw, inflateRawSync } from "node:zlib";

interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    out: Uint8Array,
    outAt: number,
    outLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
}

interface Internals {
  readonly _handle: Handle | null | undefined;
  /** Room left in the output, bytes left of the input. */
  readonly _writeState: Uint32Array | undefined;
  reset(): void;
}

/** A zlib state with its dictionary. */
class Inflater {
  #stream: Internals | undefined;
  #failure: string | undefined;

  constructor(readonly dictionary: Uint8Array | undefined) {}

  run(bytes: Uint8Array, length: number): Uint8Array {
    const stream = (this.#stream ??= this.#open());
    const { _handle: handle, _writeState: state } = stream;
    if (!handle || !state) return this.#runPublic(bytes, length);
    // One byte more than is wanted: zlib tells a missing end from a full output only while there is room.
    const out = new Uint8Array(length + 1);
    this.#failure = undefined;
    stream.reset();
    handle.writeSync(constants.Z_FINISH, bytes, 0, bytes.length, out, 0, length + 1);
    const isWhole = this.#failure === undefined && state[0] === 1 && state[1] === 0;
    if (isWhole) return out.subarray(0, length);
    this.#stream = undefined;
    throw new RangeError(`the frame cannot be decompressed: ${this.#failure ?? "it has another length"}`);
  }

  #open(): Internals {
    const stream = createInflateRaw(this.#options()) as unknown as Internals;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the handle is no event target
    if (stream._handle) stream._handle.onerror = message => (this.#failure = message);
    return stream;
  }

  #runPublic(bytes: Uint8Array, length: number): Uint8Array {
    const out = inflateRawSync(bytes, { ...this.#options(), maxOutputLength: Math.max(1, length) });
    if (out.length !== length) throw new RangeError(`the frame holds ${out.length} bytes, not ${length}`);
    return new Uint8Array(out.buffer, out.byteOffset, out.length);
  }

  #options(): { dictionary?: Uint8Array } {
    return this.dictionary ? { dictionary: this.dictionary } : {};
  }
}

const plain = new Inflater(undefined);
/** A dictionary is an object that a pack keeps while it is open. */
const byDictionary = new WeakMap<Uint8Array, Inflater>();

/** Gives back exactly `length` bytes of raw deflate; throws when the input is damaged or holds another number of bytes. */
export function inflate(bytes: Uint8Array, length: number, dictionary?: Uint8Array): Uint8Array {
  return inflaterFor(dictionary).run(bytes, length);
}

function inflaterFor(dictionary: Uint8Array | undefined): Inflater {
  if (!dictionary) return plain;
  let inflater = byDictionary.get(dictionary);
  if (!inflater) byDictionary.set(dictionary, (inflater = new Inflater(dictionary)));
  return inflater;
}
