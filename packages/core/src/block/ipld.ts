/** A block as other IPLD tools see it: decoded by their library, with links as their CID objects. For looking at, at the edge of the library. */
import { decode } from "@ipld/dag-cbor";
import { raw, type BlockCodec } from "./cid.js";

/** The IPLD data model of a block: plain values, `CID` objects for links, `Uint8Array` for bytes. Whole floats look like integers here. */
export function viewBlock(bytes: Uint8Array, codec: BlockCodec): unknown {
  return codec === raw ? bytes : decode(bytes);
}
