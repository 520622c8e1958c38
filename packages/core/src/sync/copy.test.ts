/** What a copy of many rows holds while it goes on. */
import { expect, test } from "vitest";
import { nodePlatform } from "@sheaf/drives/node";
import { Town } from "../../../../test/sync/town.js";
import { linkKinds, listLinks } from "../store/links.js";
import { CarReader } from "./car.js";
import { isTreeNode } from "./frontier.js";

const nameOf = (digest: Uint8Array) => String.fromCharCode(...digest);

/** Digests of the items that a leaf of rows links to. */
function itemsOf(block: Uint8Array): string[] {
  const items: string[] = [];
  listLinks(block, linkKinds.rows, (at, kind) => {
    if (kind === linkKinds.leaf) items.push(nameOf(block.subarray(at, at + 32)));
  });
  return items;
}

test("items follow the leaves that link to them, sixty-four leaves at a time: so the copy of a large tree holds no more of it than that", async () => {
  const ada = await new Town().open("ada");
  const rows = Array.from({ length: 6000 }, (_, n) => ({ id: `q${n}`, n }));
  await ada.dataset("qa").import(rows, { key: "id" });
  const reader = new CarReader(nodePlatform, ada.bundle());
  await reader.header();
  const awaited = new Map<string, number>();
  const missing: number[] = [];
  let [open, most] = [0, 0];
  for (let block = await reader.next(); block; block = await reader.next()) {
    const leaf = awaited.get(nameOf(block.digest));
    if (leaf !== undefined && --missing[leaf] === 0) open--;
    const items = isTreeNode(block.bytes) ? itemsOf(block.bytes) : [];
    if (items.length === 0) continue;
    for (const item of items) awaited.set(item, missing.length);
    missing.push(items.length);
    most = Math.max(most, ++open);
  }
  expect(open).toBe(0);
  expect(missing.length).toBeGreaterThan(70);
  expect(most).toBeLessThanOrEqual(64);
});
