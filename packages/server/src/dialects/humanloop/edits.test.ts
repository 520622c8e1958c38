import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { givenOf } from "./edits.js";

test("many datapoints are taken in turns with others, each of them once", async () => {
  let turns = 0;
  const platform = { ...nodePlatform, pause: async () => void turns++ };
  const points = Array.from({ length: 3500 }, (_, i) => ({ inputs: { q: i % 2000 } }));
  expect((await givenOf(platform, points)).size).toBe(2000);
  expect(turns).toBe(3);
});
