/**
 * What the pure engine asks of the place it runs in: a hash, a compressor, a clock, a source of names.
 *
 * Chosen by the composition roots (`sheaf`, `cli`, `server`, `web`, tests); everything below takes it as a parameter.
 */

/** How the bytes of a frame rest in a pack; the number is the byte in the file. */
export const codecs = { none: 0, deflate: 1, brotli: 2 } as const;
export type Codec = (typeof codecs)[keyof typeof codecs];

export interface Platform {
  /** Writes the sha2-256 of `bytes` into `out` from `at`: 32 bytes. */
  digestInto(bytes: Uint8Array, out: Uint8Array, at: number): void;
  /** Says whether the sha2-256 of `bytes` is the 32 bytes of `digest` from `at`. */
  hashesTo(bytes: Uint8Array, digest: Uint8Array, at: number): boolean;
  /** Text of which each character, up to U+00FF, is one byte of `bytes[start, end)`. */
  latin1(bytes: Uint8Array, start: number, end: number): string;
  /** Text of which the UTF-16 units, low byte first, are `bytes[start, end)`; `start` is even. */
  utf16(bytes: Uint8Array, start: number, end: number): string;
  /** Compresses one frame. With deflate, a dictionary of up to 32 KiB of what the bytes are like makes small frames smaller; other codecs ignore it. */
  compress(codec: Codec, bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array;
  /** Gives back exactly `length` bytes, given the dictionary that they were compressed with; throws when the input is damaged. */
  decompress(codec: Codec, bytes: Uint8Array, length: number, dictionary?: Uint8Array): Uint8Array;
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** A fresh name that nobody else will make: 32 lower-case hex digits of randomness. */
  nonce(): string;
  /** Lets other work run, and timers and signals through: called between slices of long work. */
  pause(): Promise<void>;
}

/** A value, or the promise of one: hot paths look before they await. */
export type Awaitable<T> = T | Promise<T>;
