/** The first block of a push: which refs are to move, from what to what. The blocks that they need follow in the same CAR file. */
import { dagCbor, parseCid, printCid, type Cid } from "../block/cid.js";
import { asBlock } from "../block/shape.js";
import { badInput } from "../errors.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import type { RefUpdate } from "./remote.js";

/** Refs that one push may move. */
const maxUpdates = 10_000;

/** The block: `{ type: "push", version: 1, updates: [[name, to, from], …] }`, with links for commits and tags, `null` for none. */
export function encodePush(updates: readonly RefUpdate[]): Uint8Array {
  const link = (cid: string | null | undefined) =>
    cid === null || cid === undefined ? null : new Link(parseCid(cid).digest, dagCbor);
  const listed = updates.map(({ name, to, from }): Ipld => [name, link(to), link(from?.value)]);
  return encode({ type: "push", version: 1, updates: listed });
}

/** Reads it. Throws bad-input for anything else. */
export function decodePush(bytes: Uint8Array): RefUpdate[] {
  let updates: Ipld;
  try {
    updates = asBlock(decode(bytes), "push")["updates"] ?? null;
  } catch {
    throw malformed();
  }
  if (!Array.isArray(updates) || updates.length > maxUpdates) throw malformed();
  return updates.map(update => {
    const [name, to, from] = Array.isArray(update) ? update : [];
    if (typeof name !== "string") throw malformed();
    const before = cidOf(from);
    return {
      name,
      to: cidOf(to),
      ...(before === null ? {} : { from: { name, value: before, cid: before } }),
    };
  });
}

function cidOf(value: Ipld | undefined): Cid | null {
  if (value === null) return null;
  if (value instanceof Link && value.codec === dagCbor) return printCid(value.digest);
  throw malformed();
}

function malformed() {
  return badInput("the first block must say which refs are to move");
}
