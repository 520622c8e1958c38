/** Partial clones: the commits are the same, the rows of the chosen dataset are here, and work on them goes back. */
import { expect, test } from "vitest";
import { codeOf, findings, rowsOf, Town } from "./town.js";

const rows = (count: number, text: string) =>
  Array.from({ length: count }, (_, n) => ({ id: `q${n}`, text: `${text} ${n}` }));

test("a clone of one dataset has the commits and its rows, can be worked with, and pushes what was done", async () => {
  const town = new Town();
  const middle = await town.open("middle");
  await middle.dataset("qa").import(rows(100, "qa"), { key: "id" });
  await middle.dataset("large").import(rows(3000, "large"), { key: "id" });
  await middle.edit([{ file: "README.md", content: new TextEncoder().encode("# Read me\n") }]);
  await middle.dataset("large").patch([{ op: "remove", path: "/items/q7" }]);
  const bob = await town.clone("middle", "bob", { datasets: ["qa"] });
  expect(await bob.resolve("main")).toBe(await middle.resolve("main"));
  expect(await rowsOf(bob)).toEqual(await rowsOf(middle));
  expect((await bob.status()).part).toEqual(["qa"]);
  await expect(rowsOf(bob, "large")).rejects.toThrow(/only the rows of qa are here/);
  expect(await findings(bob)).toEqual([]);
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "bob" }]);
  await bob.createDataset("own");
  await bob.gc({ graceMs: 0, keepMs: 0 });
  await bob.repack({ all: true });
  expect(await findings(bob)).toEqual([]);
  expect(await bob.diffStat("origin/main", "main")).toEqual({
    own: { added: 0, removed: 0, changed: 0, moved: 0 },
    qa: { added: 0, removed: 0, changed: 1, moved: 0 },
  });
  expect((await bob.push()).traffic.objects).toBeLessThan(12);
  const again = await town.open("middle");
  expect((await rowsOf(again))[1]).toContain("bob");
  expect(await findings(again)).toEqual([]);
  await again.dataset("large").patch([{ op: "remove", path: "/items/q8" }]);
  await again.dataset("qa").patch([{ op: "replace", path: "/items/q2/text", value: "middle" }]);
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q3/text", value: "bob" }]);
  await bob.pull();
  await bob.push();
  expect(await findings(bob)).toEqual([]);
  expect(await findings(await town.open("middle"))).toEqual([]);
});

test("what is made in a partial clone is a part of it, and changes of others to it come with a pull", async () => {
  const town = new Town();
  const middle = await town.open("middle");
  await middle.dataset("qa").import(rows(3, "qa"), { key: "id" });
  await middle.dataset("large").import(rows(30, "large"), { key: "id" });
  const bob = await town.clone("middle", "bob", { datasets: ["qa"] });
  await bob.createDataset("own");
  await bob.dataset("imported").import(rows(3, "imported"), { key: "id" });
  expect((await bob.status()).part).toEqual(["imported", "own", "qa"]);
  await bob.push();
  const again = await town.open("middle");
  await again.dataset("imported").import(rows(40, "more"), { key: "id" });
  await bob.pull();
  expect(await rowsOf(bob, "imported")).toEqual(await rowsOf(again, "imported"));
  await expect(rowsOf(bob, "large")).rejects.toThrow(/only the rows of imported, own, qa are here/);
  expect(await findings(bob)).toEqual([]);
});

test("a dataset that is not there cannot be cloned", async () => {
  const town = new Town();
  const middle = await town.open("middle");
  await middle.dataset("qa").import(rows(3, "qa"), { key: "id" });
  expect(await codeOf(town.clone("middle", "bob", { datasets: ["nothing"] }))).toBe("no-such-dataset");
});

test("a dataset is added to a partial clone, with its rows in every version that is here", async () => {
  const town = new Town();
  const middle = await town.open("middle");
  await middle.dataset("qa").import(rows(30, "qa"), { key: "id" });
  await middle.dataset("large").import(rows(500, "large"), { key: "id" });
  await middle.tag("v1");
  await middle.dataset("large").patch([{ op: "remove", path: "/items/q7" }]);
  const bob = await town.clone("middle", "bob", { datasets: ["qa"] });
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "bob" }]);
  expect(await codeOf(bob.fetch("origin", { datasets: ["nothing"] }))).toBe("no-such-dataset");
  expect(await codeOf(bob.fetch("origin", { datasets: ["large"], refs: ["main"] }))).toBe("bad-input");
  await bob.fetch("origin", { datasets: ["large"] });
  expect((await bob.status()).part).toEqual(["large", "qa"]);
  for (const at of ["main", "v1"])
    expect(await rowsOf(bob, "large", at)).toEqual(await rowsOf(middle, "large", at === "main" ? "HEAD" : at));
  expect(await findings(bob)).toEqual([]);
  await middle.dataset("large").patch([{ op: "remove", path: "/items/q8" }]);
  await bob.pull();
  expect(await rowsOf(bob, "large")).toEqual(await rowsOf(await town.open("middle"), "large"));
});

test("a dataset is not added while the other side lacks rows that commits here need", async () => {
  const town = new Town();
  const middle = await town.open("middle");
  await middle.dataset("qa").import(rows(3, "qa"), { key: "id" });
  await middle.dataset("large").import(rows(30, "large"), { key: "id" });
  await middle.branch("gone");
  await middle.dataset("large").patch([{ op: "replace", path: "/items/q7/text", value: "gone" }], { branch: "gone" });
  const bob = await town.clone("middle", "bob", { datasets: ["qa"] });
  await middle.deleteBranch("gone", { force: true });
  await middle.gc({ graceMs: 0, keepMs: 0 });
  expect(await codeOf(bob.fetch("origin", { datasets: ["large"] }))).toBe("refused");
  expect((await bob.status()).part).toEqual(["qa"]);
  expect(await codeOf(middle.fetch("mem:bob", { datasets: ["qa"] }))).toBe("refused");
});
