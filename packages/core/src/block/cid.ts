/**
 * Names of blocks. Inside the engine a block goes by its digest (32 bytes); at the edges by its CID as text.
 *
 * A CID here is version 1, sha2-256, with codec dag-cbor (structured blocks: text begins `bafyrei`) or raw (files: `bafkrei`).
 */
import { CID } from "multiformats/cid";
import { badInput } from "../errors.js";

/** The sha2-256 of a block's bytes, 32 bytes long. */
export type Digest = Uint8Array & { readonly __digest?: true };

/** A CID as text: base32, lower case, 59 characters. */
export type Cid = string & { readonly __cid: true };

export const dagCbor = 0x71;
export const raw = 0x55;
export type BlockCodec = typeof dagCbor | typeof raw;

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** Bytes of a binary CID: version, codec, hash function, length, then the digest. */
export const cidBytes = 36;

/** Prints a digest as the CID text of a block with this codec. */
export function printCid(digest: Uint8Array, codec: BlockCodec = dagCbor): Cid {
  const bytes = new Uint8Array(cidBytes);
  bytes[0] = 1;
  bytes[1] = codec;
  bytes[2] = 0x12;
  bytes[3] = 0x20;
  bytes.set(digest, 4);
  let text = "b";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >> bits) & 31];
    }
  }
  if (bits > 0) text += alphabet[(value << (5 - bits)) & 31];
  return text as Cid;
}

/** Reads a CID in any multibase; throws bad-input unless it is CIDv1, sha2-256, dag-cbor or raw. */
export function parseCid(text: string): { digest: Digest; codec: BlockCodec } {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch {
    throw badInput(`${JSON.stringify(text)} is not a CID`);
  }
  const { code, version, multihash } = cid;
  if (version !== 1 || (code !== dagCbor && code !== raw) || multihash.code !== 0x12 || multihash.digest.length !== 32)
    throw badInput(`${text} is not the CID of a Sheaf block (CIDv1, sha2-256, dag-cbor or raw)`);
  return { digest: multihash.digest, codec: code };
}

/** Says whether two digests are the same; the other one stands at `bAt`. */
export function sameDigest(a: Uint8Array, b: Uint8Array, bAt = 0): boolean {
  for (let i = 0; i < 32; i++) if (a[i] !== b[bAt + i]) return false;
  return true;
}
