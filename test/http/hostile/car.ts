/** Pushes that somebody made by hand: every block has its true CID, and means what no Sheaf would have written. */
import { encode, joinBytes, Link, utf8, type Ipld } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { dagCbor, raw, type BlockCodec, type Digest } from "../../../packages/core/src/block/cid.js";
import { printBlock, printHeader } from "../../../packages/core/src/sync/car.js";
import { encodeNode } from "../../../packages/core/src/tree/node.js";

/** Blocks that are gathered, and how they link to each other. */
export class Forge {
  readonly #blocks: Uint8Array[] = [];

  /** Takes a block as it is. */
  bytes(bytes: Uint8Array, codec: BlockCodec = dagCbor): Digest {
    const digest = new Uint8Array(32);
    nodePlatform.digestInto(bytes, digest, 0);
    this.#blocks.push(printBlock({ digest, codec, bytes }));
    return digest;
  }

  block(value: Ipld): Digest {
    return this.bytes(encode(value));
  }

  /** A leaf of a tree. */
  leaf(entries: Readonly<Record<string, Uint8Array>>): Digest {
    return this.bytes(
      encodeNode(
        0,
        Object.entries(entries).map(([key, value]) => ({ key: utf8(key), value })),
      ),
    );
  }

  commit(members: Readonly<Record<string, Ipld>> = {}): Digest {
    const snapshot = members["snapshot"] === undefined ? { snapshot: link(this.snapshot()) } : {};
    return this.block({ ...commitBlock, ...snapshot, ...members });
  }

  snapshot(members: Readonly<Record<string, Ipld>> = {}): Digest {
    const empty = link(this.leaf({}));
    return this.block({ type: "snapshot", version: 1, datasets: empty, files: empty, ...members });
  }

  /** A commit of one dataset. */
  withDataset(members: Readonly<Record<string, Ipld>>, path = "forged"): Digest {
    const empty = link(this.leaf({}));
    const whole = { type: "dataset", version: 1, id: "0".repeat(32), meta: {}, rows: empty, ids: empty, count: 0 };
    const dataset = this.block({ ...whole, ...members });
    return this.commit({
      snapshot: link(this.snapshot({ datasets: link(this.leaf({ [path]: linkValue(dataset) })) })),
    });
  }

  /** A commit of one dataset with one row, whose item is this block. */
  withItem(item: Digest): Digest {
    const rows = link(this.leaf({ "a0\0q1": linkValue(item) }));
    return this.withDataset({ rows, ids: link(this.leaf({ q1: encode("a0") })), count: 1 });
  }

  /** The CAR file of a push that moves refs. */
  push(updates: readonly (readonly [string, Digest | null])[]): Uint8Array {
    const head = encode({
      type: "push",
      version: 1,
      updates: updates.map(([name, to]) => [name, to && link(to), null]),
    });
    const digest = new Uint8Array(32);
    nodePlatform.digestInto(head, digest, 0);
    return joinBytes([printHeader([digest]), printBlock({ digest, codec: dagCbor, bytes: head }), ...this.#blocks]);
  }
}

export const link = (digest: Digest, codec: BlockCodec = dagCbor): Link => new Link(digest, codec);
export const linkValue = (digest: Digest, codec: BlockCodec = dagCbor): Uint8Array => encode(link(digest, codec));

const person = { name: "Eve", email: "eve@example.org", time: 1, zone: 0 };
const commitBlock = {
  type: "commit",
  version: 1,
  parents: [],
  author: person,
  committer: person,
  message: "forged",
  attributes: {},
};

type Make = (forge: Forge) => Digest;

const deep = (levels: number): Uint8Array =>
  Uint8Array.of(0xa1, 0x61, 0x61, ...Array.from({ length: levels }, () => 0x81), 0x00);

/** What no Sheaf writes, by what is wrong with it. */
export const forgeries: Readonly<Record<string, Make>> = {
  "a commit without a snapshot": forge => forge.block(commitBlock),
  "a commit whose snapshot is an item": forge => forge.commit({ snapshot: link(forge.block({ a: 1 })) }),
  "a commit whose snapshot is raw": forge => forge.commit({ snapshot: link(forge.bytes(utf8("x"), raw), raw) }),
  "a commit of another version": forge => forge.commit({ version: 2 }),
  "a commit before 1970": forge => forge.commit({ author: { ...person, time: -1 } }),
  "a commit in no zone": forge => forge.commit({ committer: { ...person, zone: 99_999 } }),
  "a commit by what git cannot write": forge => forge.commit({ author: { ...person, name: "a <b>\n" } }),
  "a commit with a NUL in its message": forge => forge.commit({ message: "a\0b" }),
  "a commit whose parent is a snapshot": forge => forge.commit({ parents: [link(forge.snapshot())] }),
  "a commit that says more": forge => forge.commit({ more: 1 }),
  "a snapshot whose datasets are a commit": forge =>
    forge.commit({ snapshot: link(forge.snapshot({ datasets: link(forge.commit()) })) }),
  "a snapshot whose datasets are a number": forge =>
    forge.commit({ snapshot: link(forge.snapshot({ datasets: link(forge.block(5)) })) }),
  "a dataset path that climbs": forge => forge.withDataset({}, "../x"),
  "a dataset path that is empty": forge => forge.withDataset({}, ""),
  "a dataset path with a NUL": forge => forge.withDataset({}, "a\0b"),
  "a dataset that is a text": forge =>
    forge.commit({ snapshot: link(forge.snapshot({ datasets: link(forge.leaf({ forged: encode("x") })) })) }),
  "a dataset that is an item": forge =>
    forge.commit({
      snapshot: link(forge.snapshot({ datasets: link(forge.leaf({ forged: linkValue(forge.block({})) })) })),
    }),
  "a dataset without metadata": forge => forge.withDataset({ meta: 5 }),
  "a dataset with an id that is none": forge => forge.withDataset({ id: "../../x" }),
  "a dataset that lies about its rows": forge => forge.withDataset({ count: 5 }),
  "a dataset with less than no rows": forge => forge.withDataset({ count: -1 }),
  "a dataset whose rows are items": forge => forge.withDataset({ rows: link(forge.block({ a: 1 })) }),
  "a row that is a text": forge => forge.withDataset({ rows: link(forge.leaf({ "a0\0q1": encode("x") })), count: 1 }),
  "a row without a position": forge =>
    forge.withDataset({ rows: link(forge.leaf({ q1: linkValue(forge.block({})) })), count: 1 }),
  "a row at no position": forge =>
    forge.withDataset({ rows: link(forge.leaf({ "A!\0q1": linkValue(forge.block({})) })), count: 1 }),
  "a row that ids do not know": forge =>
    forge.withDataset({ rows: link(forge.leaf({ "a0\0q1": linkValue(forge.block({})) })), count: 1 }),
  "an id that is no text": forge =>
    forge.withDataset({
      rows: link(forge.leaf({ "a0\0q1": linkValue(forge.block({})) })),
      ids: link(forge.leaf({ q1: encode(5) })),
      count: 1,
    }),
  "an item that is a list": forge => forge.withItem(forge.block([1])),
  "an item that is a number": forge => forge.withItem(forge.block(1)),
  "an item that is a tree node": forge => forge.withItem(forge.leaf({})),
  "an item with a link": forge => forge.withItem(forge.block({ a: link(forge.block({})) })),
  "an item with bytes": forge => forge.withItem(forge.block({ a: Uint8Array.of(1) })),
  "an item that is no CBOR": forge => forge.withItem(forge.bytes(Uint8Array.of(0xff, 0xff, 0xff))),
  "an item that is cut": forge => forge.withItem(forge.bytes(Uint8Array.of(0xa1, 0x61))),
  "an item of endless length": forge => forge.withItem(forge.bytes(Uint8Array.of(0xbb, 0, 0, 0xff, 0, 0, 0, 0, 0))),
  "an item with a key twice": forge => forge.withItem(forge.bytes(Uint8Array.of(0xa2, 0x61, 0x61, 0, 0x61, 0x61, 0))),
  "an item of a thousand levels": forge => forge.withItem(forge.bytes(deep(1000))),
  "an item of a hundred thousand levels": forge => forge.withItem(forge.bytes(deep(100_000))),
  "an item that is empty": forge => forge.withItem(forge.bytes(new Uint8Array(0))),
  "an item that is raw": forge =>
    forge.withDataset({
      rows: link(forge.leaf({ "a0\0q1": linkValue(forge.bytes(utf8("x"), raw), raw) })),
      ids: link(forge.leaf({ q1: encode("a0") })),
      count: 1,
    }),
  "a file that climbs": forge => withFile(forge, "../x"),
  "a file of no mode": forge => withFile(forge, "x", "mode"),
  "a file that is an item": forge =>
    forge.commit({
      snapshot: link(forge.snapshot({ files: link(forge.leaf({ x: encode([0o100644, link(forge.block({}))]) })) })),
    }),
  "a tree whose child is of the wrong level": forge => {
    const leaf = forge.leaf({ a: linkValue(forge.block({})), b: linkValue(forge.block({})) });
    const node = { key: utf8("b"), child: leaf, rows: 2 };
    return forge.withDataset({ rows: link(forge.bytes(encodeNode(5, [node, { ...node, key: utf8("c") }]))), count: 4 });
  },
  "a tree that lies about what is below": forge => {
    const [a, b] = ["a", "b"].map(name => forge.leaf({ [name]: encode("a0") }));
    const children = [
      { key: utf8("a"), child: a, rows: 7 },
      { key: utf8("b"), child: b, rows: 7 },
    ];
    return forge.withDataset({ ids: link(forge.bytes(encodeNode(1, children))) });
  },
  "a tree of one inner entry": forge =>
    forge.withDataset({
      ids: link(forge.bytes(encodeNode(1, [{ key: utf8("a"), child: forge.leaf({ a: encode("a0") }), rows: 1 }]))),
    }),
  "a tag of a tag of nothing": forge => forge.block({ ...tagBlock, target: link(forge.block({ a: 1 })) }),
  "a tag without a tagger": forge => forge.block({ ...tagBlock, tagger: 5, target: link(forge.commit()) }),
};

const tagBlock = { type: "tag", version: 1, name: "t", tagger: person, message: "", attributes: {} };

function withFile(forge: Forge, path: string, mode: Ipld = 0o100644): Digest {
  const value = encode([mode, link(forge.bytes(utf8("x"), raw), raw)]);
  return forge.commit({ snapshot: link(forge.snapshot({ files: link(forge.leaf({ [path]: value })) })) });
}
