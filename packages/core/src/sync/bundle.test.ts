/** Bundles: CAR files that other IPLD tools read, complete or on top of what the reader has, and refused where they are not sound. */
import { CarReader } from "@ipld/car";
import { expect, test } from "vitest";
import { nodePlatform } from "@sheaf/drives/node";
import { codeOf, findings, rowsOf, Town } from "../../../../test/sync/town.js";
import { printCid } from "../block/cid.js";

type Repository = Awaited<ReturnType<Town["open"]>>;

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `q${n}`, text: `row ${n}`, half: n / 2 }));
const edit = (value: string) => [{ op: "replace" as const, path: "/items/q3/text", value }];

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}

/** The bytes as a stream that breaks at odd places, and of which each piece comes in the memory of the one before. */
const pieces = (bytes: Uint8Array, size = 997) =>
  async function* () {
    const memory = new Uint8Array(size);
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      memory.fill(0).set(piece);
      yield memory.subarray(0, piece.length);
    }
  };

async function written(): Promise<{ town: Town; ada: Repository }> {
  const town = new Town();
  const ada = await town.open("ada");
  await ada.dataset("qa").import(rows(300), { key: "id" });
  await ada.edit([{ file: "README.md", content: new TextEncoder().encode("# Read me\n") }]);
  await ada.tag("v1", { message: "first" });
  return { town, ada };
}

test("a bundle is a CAR file that other tools read, block for block, with the refs' values among its roots", async () => {
  const { ada } = await written();
  const car = await CarReader.fromBytes(await gather(ada.bundle()));
  const roots = (await car.getRoots()).map(String);
  expect(roots).toContain(await ada.resolve("main"));
  const digest = new Uint8Array(32);
  for await (const { cid, bytes } of car.blocks()) {
    nodePlatform.digestInto(bytes, digest, 0);
    expect(printCid(digest, cid.code as 0x71)).toBe(String(cid));
  }
});

test("what is taken in from a bundle is what was bundled", async () => {
  const { town, ada } = await written();
  const bytes = await gather(ada.bundle());
  const bob = await town.open("bob");
  const { refs } = await bob.unbundle(pieces(bytes), "evals.car");
  expect(refs.map(({ ref }) => ref)).toEqual(["refs/remotes/bundle/main", "refs/tags/v1"]);
  expect(await rowsOf(bob, "qa", "bundle/main")).toEqual(await rowsOf(ada));
  expect((await bob.tags())[0].message).toBe("first");
  expect(await findings(bob)).toEqual([]);
});

test("a bundle since a version holds the news only, and wants that version to be there", async () => {
  const { town, ada } = await written();
  const bob = await town.clone("ada", "bob");
  await ada.dataset("qa").patch(edit("new"));
  const news = await gather(ada.bundle(["main"], { without: ["v1"] }));
  const info = await bob.verifyBundle(pieces(news));
  expect(info).toMatchObject({ prerequisites: [await bob.resolve("v1")], refs: [{ name: "refs/heads/main" }] });
  expect(info.blocks).toBeLessThan(8);
  await bob.unbundle(pieces(news), "news.car");
  expect(await bob.resolve("bundle/main")).toBe(await ada.resolve("main"));
  expect(await findings(bob)).toEqual([]);
  const eve = await town.open("eve");
  expect(await codeOf(eve.unbundle(pieces(news), "news.car"))).toBe("refused");
  expect(await codeOf(gather(ada.bundle(["main"], { without: ["main"] })))).toBe("refused");
});

test("a bundle that is cut, changed or no bundle is refused, and nothing is named", async () => {
  const { town, ada } = await written();
  const bytes = await gather(ada.bundle());
  const changed = bytes.slice();
  changed[bytes.length - 5] ^= 1;
  const bob = await town.open("bob");
  const hostile = [
    bytes.subarray(0, bytes.length - 1),
    bytes.subarray(0, 40),
    changed,
    new Uint8Array(0),
    Uint8Array.of(255, 255, 255, 255, 255, 1),
    bytes.subarray(1),
    new TextEncoder().encode("PACK and the rest"),
  ];
  for (const bad of hostile) {
    expect(await codeOf(bob.unbundle(pieces(bad), "bad.car"))).toBe("bad-input");
    expect(await codeOf(bob.verifyBundle(pieces(bad)))).toBe("bad-input");
  }
  expect(await bob.tags()).toEqual([]);
  expect(await codeOf(bob.resolve("bundle/main"))).toBe("no-such-ref");
});

test("a bundle that lacks a block is not whole", async () => {
  const { town, ada } = await written();
  const bytes = await gather(ada.bundle());
  const car = await CarReader.fromBytes(bytes);
  const sections = [];
  for await (const block of car.blocks()) sections.push(block);
  // The last block, with its length and CID, cut off cleanly.
  const last = sections[sections.length - 1];
  const size = 36 + last.bytes.length;
  const cut = bytes.subarray(0, bytes.length - size - (size < 128 ? 1 : 2));
  const bob = await town.open("bob");
  expect(await codeOf(bob.verifyBundle(pieces(cut)))).toBe("bad-input");
  expect(await codeOf(bob.unbundle(pieces(cut), "bad.car"))).toBe("bad-input");
});
