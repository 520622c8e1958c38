/** Decompressed frames, the least lately used dropped first. */

/** Packs can have fewer frames than this. */
const framesPerPack = 2 ** 32;

export class FrameCache {
  readonly #frames = new Map<number, Uint8Array>();
  #bytes = 0;

  /** @param maxBytes bytes kept; a frame larger than a quarter of it is not kept */
  constructor(readonly maxBytes: number) {}

  get(pack: number, frame: number): Uint8Array | undefined {
    const key = pack * framesPerPack + frame;
    const bytes = this.#frames.get(key);
    if (!bytes) return undefined;
    this.#frames.delete(key);
    this.#frames.set(key, bytes);
    return bytes;
  }

  put(pack: number, frame: number, bytes: Uint8Array): void {
    if (bytes.length > this.maxBytes / 4) return;
    const key = pack * framesPerPack + frame;
    this.#bytes += bytes.length - (this.#frames.get(key)?.length ?? 0);
    this.#frames.set(key, bytes);
    while (this.#bytes > this.maxBytes) this.#dropEldest();
  }

  #dropEldest(): void {
    for (const [key, bytes] of this.#frames) {
      this.#frames.delete(key);
      this.#bytes -= bytes.length;
      return;
    }
  }
}
