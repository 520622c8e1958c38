import { expect, test } from "vitest";
import { encodeItem, linkValue, rowKey, TreeBuilder } from "@sheaf/core";
import { linesBetween, maxRowBytes } from "./row-lines.js";
import { freshBlocks } from "./testing.js";

test("a row whose line could not come back is refused", async () => {
  const blocks = freshBlocks();
  const treeOf = (length: number) => {
    const rows = new TreeBuilder(blocks);
    rows.add(rowKey("a0", "q1"), linkValue(blocks.put(encodeItem({ a: "x".repeat(length) }, "plain"))));
    return rows.finish().root;
  };
  await expect(linesBetween(blocks, treeOf(maxRowBytes), "", undefined)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/id "q1".*a line of more than 64 MiB.*split it/),
  });
});
