/**
 * CAR files (version 1), as every IPLD tool reads them: a header that names roots, then blocks, each with its CID before it.
 *
 *     varint length, dag-cbor { roots: [CID, …], version: 1 }
 *     varint length, CID (36 bytes), the block's bytes          for each block
 *
 * Streams both ways. Specification: ipld.io/specs/transport/car/carv1.
 */
import { cidBytes, dagCbor, printCid, raw, sameDigest, type BlockCodec, type Digest } from "../block/cid.js";
import { badInput } from "../errors.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import { isObject, type Value } from "../item/value.js";
import type { Platform } from "../platform.js";
import { joinBytes } from "../text.js";

/** A piece of a file with what its CID says of it: a block, or something under another codec that is none. */
export interface CarSection {
  readonly digest: Digest;
  readonly codec: number;
  readonly bytes: Uint8Array;
}

export interface CarBlock extends CarSection {
  readonly codec: BlockCodec;
}

/** A header of more bytes is no header: room for a hundred thousand roots. */
const maxHeaderBytes = 2 ** 23;
/** A block of more bytes is refused before it is read. */
const maxBlockBytes = 2 ** 29;

/** The header of a file with these roots. */
export function printHeader(roots: readonly Digest[]): Uint8Array {
  const header = encode({ roots: roots.map(root => new Link(root, dagCbor)), version: 1 });
  return joinBytes([printVarint(header.length), header]);
}

/** A block, or something that is none under a codec of its own, whose digest is still to be taken. */
export function printSection(codec: number, bytes: Uint8Array, platform: Platform): Uint8Array {
  const digest = new Uint8Array(32);
  platform.digestInto(bytes, digest, 0);
  return printBlock({ digest, codec, bytes });
}

/** A block as it stands in the file. */
export function printBlock({ digest, codec, bytes }: CarSection): Uint8Array {
  const cid = Uint8Array.of(1, codec, 0x12, 0x20, ...digest);
  return joinBytes([printVarint(cidBytes + bytes.length), cid, bytes]);
}

/** Reads the blocks of a file in order, each proven against its CID. Throws bad-input, naming the byte, for anything that is not such a file. */
export class CarReader {
  readonly #input: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #isOver = false;
  /** Bytes read so far. */
  at = 0;

  constructor(
    readonly platform: Platform,
    input: AsyncIterable<Uint8Array>,
    /** Codec of sections that are no blocks, where there may be such: {@link section} takes them. */
    readonly other?: number,
  ) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** The roots; first of all. */
  async header(): Promise<Digest[]> {
    const length = await this.#varint();
    if (length === undefined || length > maxHeaderBytes) throw this.#fault("this is no CAR file");
    return rootsOf(await this.#take(length)) ?? this.#throw("this is no CAR file of version 1 with CIDs of Sheaf's");
  }

  /** The first block, behind the header; `undefined` when it is not what the first root names. */
  async first(): Promise<CarBlock | undefined> {
    const [root] = await this.header();
    const block = await this.next();
    return root && block && sameDigest(block.digest, root) ? block : undefined;
  }

  /** The next block; `undefined` at the end. */
  async next(): Promise<CarBlock | undefined> {
    const section = await this.section();
    if (!section || section.codec !== this.other) return section as CarBlock | undefined;
    throw this.#fault("there is something other than a block");
  }

  /** The next block, or what stands under the other codec; `undefined` at the end. */
  async section(): Promise<CarSection | undefined> {
    const length = await this.#varint();
    if (length === undefined) return undefined;
    if (length < cidBytes || length > maxBlockBytes) throw this.#fault(`a block of ${length} bytes cannot be`);
    const section = await this.#take(length);
    const codec = section[1];
    const isOurs =
      section[0] === 1 &&
      (codec === dagCbor || codec === raw || codec === this.other) &&
      section[2] === 0x12 &&
      section[3] === 0x20;
    if (!isOurs) throw this.#fault("a block has a CID that is not version 1, sha2-256, dag-cbor or raw");
    const [digest, bytes] = [section.slice(4, cidBytes), section.slice(cidBytes)];
    if (!this.platform.hashesTo(bytes, digest, 0))
      throw this.#fault(
        `what stands there is not block ${printCid(digest, codec === raw ? raw : dagCbor)}: the file is damaged`,
      );
    return { digest, codec, bytes };
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    await this.#input.return?.();
  }

  async #varint(): Promise<number | undefined> {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      if (this.#rest.length === 0 && !(await this.#more())) {
        if (i > 0) throw this.#fault("the file ends too early");
        return undefined;
      }
      const byte = this.#rest[0];
      this.#rest = this.#rest.subarray(1);
      this.at++;
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    throw this.#fault("a length has too many digits");
  }

  async #take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) throw this.#fault("the file ends too early");
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      this.at += part.length;
      // The input may use the memory of a chunk again once it is asked for more.
      parts.push(left > 0 ? part.slice() : part);
    }
    return parts.length === 1 ? parts[0] : joinBytes(parts);
  }

  async #more(): Promise<boolean> {
    while (!this.#isOver && this.#rest.length === 0) {
      const next = await this.#input.next();
      if (next.done) this.#isOver = true;
      else this.#rest = next.value;
    }
    return this.#rest.length > 0;
  }

  #fault(what: string) {
    return badInput(`at byte ${this.at}: ${what}`);
  }

  #throw(what: string): never {
    throw this.#fault(what);
  }
}

function rootsOf(bytes: Uint8Array): Digest[] | undefined {
  let header: Ipld;
  try {
    header = decode(bytes);
  } catch {
    return undefined;
  }
  if (!isObject(header as Value)) return undefined;
  const { roots, version } = header as { readonly [key: string]: Ipld };
  if (version !== 1 || !Array.isArray(roots)) return undefined;
  const digests = roots.flatMap(root => (root instanceof Link ? [root.digest] : []));
  return digests.length === roots.length ? digests : undefined;
}

function printVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Uint8Array.of(...bytes, left);
}
