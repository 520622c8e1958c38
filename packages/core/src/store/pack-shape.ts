/** How packs are laid out: frames, codecs, and what goes into which. */
import { codecs, type Codec } from "../platform.js";

/** How a pack lays out its frames. */
export interface PackShape {
  readonly itemCodec: Codec;
  readonly nodeCodec: Codec;
  /** Bytes of blocks in a frame; a larger block has a frame of its own. */
  readonly itemFrame: number;
  readonly nodeFrame: number;
  /** A frame is kept compressed when that leaves less than this share of it. */
  readonly itemGain: number;
  readonly nodeGain: number;
  /** Nodes that share a frame compress to less than this share, as versions of one node do; others have a frame each, so that one is read fast. */
  readonly nodeShare: number;
  /** What the blocks are like, up to 32 KiB: it goes into the pack, and makes small frames of deflate smaller. */
  readonly dictionary?: Uint8Array | undefined;
}

/** As a repack writes it: small frames, as blocks are read one by one, and a dictionary makes up for that. */
export const packedShape: PackShape = {
  itemCodec: codecs.deflate,
  nodeCodec: codecs.deflate,
  itemFrame: 4096,
  nodeFrame: 32_768,
  itemGain: 0.9,
  nodeGain: 0.9,
  nodeShare: 0.4,
};

/** As an import or a commit writes it: speed first, a repack compresses later. */
export const plainShape: PackShape = {
  itemCodec: codecs.none,
  nodeCodec: codecs.none,
  itemFrame: 65_536,
  nodeFrame: 65_536,
  itemGain: 1,
  nodeGain: 1,
  nodeShare: 1,
};

/** Says whether a block looks like a tree node: nodes are lists, everything else is a map or raw. A wrong guess costs space, not truth. */
export function looksLikeNode(bytes: Uint8Array, start = 0): boolean {
  return (bytes[start] & 0xe0) === 0x80;
}
