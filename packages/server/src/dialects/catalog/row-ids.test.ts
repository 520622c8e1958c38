import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { RowIds } from "./row-ids.js";

async function fresh(count: number) {
  const author = () => ({ name: "Ada", email: "ada@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  const qa = repo.dataset("qa");
  await qa.import(
    Array.from({ length: count }, (_, i) => ({ id: `q${i}` })),
    { key: "id" },
  );
  const counts = { made: 0 };
  const make = (dataset: string, id: string) => {
    counts.made++;
    return `${dataset}/${id}`;
  };
  return { qa, counts, ids: new RowIds({ fits: id => id === "fit", make }) };
}

test("rows are found by what they are shown as, in each version those that are there", async () => {
  const { qa, ids } = await fresh(3);
  const before = await qa.at();
  const { id: dataset } = before.info;
  await qa.patch([
    { op: "remove", path: "/items/q1" },
    { op: "add", path: "/items/fit", value: {} },
    { op: "add", path: "/items/q9", value: {} },
  ]);
  const after = await qa.at();
  const found = (version: typeof after) =>
    Promise.all(["fit", "q0", "q1", "q9"].map(id => ids.find(version, ids.shown(dataset, id))));
  expect(await found(after)).toEqual(["fit", "q0", undefined, "q9"]);
  expect(await found(before)).toEqual([undefined, "q0", "q1", undefined]);
  expect(await ids.find(after, `${dataset}/nobody`)).toBeUndefined();
});

test("what a row is shown as is made once, whatever versions follow", async () => {
  const { qa, ids, counts } = await fresh(50);
  for (let i = 0; i < 5; i++) {
    await qa.patch([{ op: "add", path: `/items/new${i}`, value: {} }]);
    const version = await qa.at();
    expect(await ids.find(version, `${version.info.id}/new${i}`)).toBe(`new${i}`);
    expect(await ids.find(version, `${version.info.id}/q7`)).toBe("q7");
    expect(await ids.find(version, "nobody")).toBeUndefined();
  }
  expect(counts.made).toBe(55);
});
