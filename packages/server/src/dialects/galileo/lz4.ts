/**
 * LZ4 frames, read: what Feather files are compressed with unless somebody chose otherwise.
 *
 * Every length that a frame tells is checked against what is there. Checksums are passed over: what is damaged shows in the Arrow data. Source: LZ4 frame
 * format 1.6 and block format, lz4/lz4 doc/.
 */
import { badInput } from "@sheaf/core";

const magic = 0x184d2204;
const flags = { contentChecksum: 4, contentSize: 8, blockChecksum: 16, dictionary: 1 };

/** Decompresses a frame. Throws bad-input for what is none, or would be longer than `most` bytes. */
export function readLz4(bytes: Uint8Array, most: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw badInput("the data is no LZ4 frame");
  const flag = bytes[4];
  if ((flag & flags.dictionary) !== 0) throw badInput("the LZ4 frame wants a dictionary");
  let at = 7 + ((flag & flags.contentSize) === 0 ? 0 : 8);
  const out = new Output(most);
  for (;;) {
    if (at + 4 > bytes.length) throw cut();
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) return out.bytes();
    const length = head & 0x7fffffff;
    if (at + length > bytes.length) throw cut();
    const block = bytes.subarray(at, at + length);
    if (head >>> 31 === 1) out.put(block);
    else readBlock(block, out);
    at += length + ((flag & flags.blockChecksum) === 0 ? 0 : 4);
  }
}

/** Sequences: some literals, then a copy of what was written some bytes ago. The last has literals alone. */
function readBlock(block: Uint8Array, out: Output): void {
  let at = 0;
  /** A length that goes on in further bytes while they are 255. */
  const longer = (length: number): number => {
    if (length !== 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= block.length) throw cut();
      byte = block[at++];
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = longer(token >> 4);
    if (at + literals > block.length) throw cut();
    out.put(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw cut();
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    out.copy(distance, longer(token & 15) + 4);
  }
}

class Output {
  #bytes = new Uint8Array(2 ** 16);
  #length = 0;

  constructor(readonly most: number) {}

  put(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Copies from so many bytes ago; what is copied may reach into itself. */
  copy(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw badInput("the LZ4 frame copies from before its beginning");
    this.#grow(length);
    const bytes = this.#bytes;
    for (let i = 0, to = this.#length; i < length; i++, to++) bytes[to] = bytes[to - distance];
    this.#length += length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): void {
    const wanted = this.#length + by;
    if (wanted > this.most) throw badInput(`the data is larger than ${this.most} bytes when it is decompressed`);
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.most, Math.max(wanted, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function cut() {
  return badInput("the LZ4 frame ends too early");
}
