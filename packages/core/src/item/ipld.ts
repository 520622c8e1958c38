/** What a structured block can hold: an item's values, and beside them links and byte strings. */
import { dagCbor, type BlockCodec, type Digest } from "../block/cid.js";
import type { Float } from "./value.js";

/** A link to another block, by its digest (32 bytes) and the codec of the block it names. */
export class Link {
  constructor(
    readonly digest: Digest,
    readonly codec: BlockCodec = dagCbor,
  ) {}
}

export type Ipld = null | boolean | string | number | bigint | Float | Link | Uint8Array | Ipld[] | IpldMap;
export interface IpldMap {
  [key: string]: Ipld;
}

/** The range of integers in a block: what CBOR's two integer types can say. */
export const leastInteger = -(2n ** 64n);
export const greatestInteger = 2n ** 64n - 1n;
