/** What a copy of many rows holds while it goes on. */
import { expect, test } from "vitest";
import { nodePlatform } from "@sheaf/drives/node";
import { Town } from "../../../../test/sync/town.js";
import { printCid } from "../block/cid.js";
import { linkKinds, listLinks } from "../store/links.js";
import { CarReader } from "./car.js";
import { isTreeNode } from "./frontier.js";

test("items follow the leaves that link to them, sixty-four leaves at a time: so the copy of a large tree holds no more of it than that", async () => {
  const town = new Town();
  const ada = await town.open("ada");
  const rows = Array.from({ length: 7000 }, (_, n) => ({ id: `q${n}`, text: `row ${n}` }));
  await ada.dataset("qa").import(rows, { key: "id" });
  const reader = new CarReader(nodePlatform, ada.bundle());
  await reader.header();
  const open = new Map<string, Set<string>>();
  const leafOf = new Map<string, string>();
  let most = 0;
  let leaves = 0;
  for (let block = await reader.next(); block; block = await reader.next()) {
    const { bytes } = block;
    const cid = printCid(block.digest);
    const items = new Set<string>();
    if (isTreeNode(bytes))
      listLinks(bytes, linkKinds.rows, (at, kind) => {
        if (kind === linkKinds.leaf) items.add(printCid(bytes.slice(at, at + 32)));
      });
    for (const item of items) leafOf.set(item, cid);
    if (items.size > 0 && ++leaves) open.set(cid, items);
    most = Math.max(most, open.size);
    const leaf = leafOf.get(cid);
    if (leaf !== undefined && open.get(leaf)?.delete(cid) && open.get(leaf)?.size === 0) open.delete(leaf);
  }
  expect(open.size).toBe(0);
  expect(leaves).toBeGreaterThan(80);
  expect(most).toBeLessThanOrEqual(64);
});
