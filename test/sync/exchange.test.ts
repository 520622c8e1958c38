/** Push, fetch, pull and clone between Sheaf repositories, as their users see them. */
import { expect, test } from "vitest";
import { codeOf, findings, rowsOf, Town } from "./town.js";

const rows = (count: number, text = "row") =>
  Array.from({ length: count }, (_, n) => ({ id: `q${n}`, text: `${text} ${n} ${"lorem ".repeat(n % 9)}`, n }));

async function pair() {
  const town = new Town();
  const middle = await town.open("middle");
  const ada = await town.open("ada");
  await ada.addRemote("origin", "mem:middle");
  await ada.dataset("qa").import(rows(50), { key: "id" });
  await ada.push("origin", ["main"], { setUpstream: true });
  const bob = await town.clone("middle", "bob");
  return { town, middle, ada, bob };
}

test("what was pushed is cloned, with the same commits", async () => {
  const { ada, bob, middle } = await pair();
  expect(await bob.head()).toEqual(await ada.head());
  expect(await rowsOf(bob)).toEqual(await rowsOf(ada));
  expect(await bob.remotes()).toEqual([{ name: "origin", url: "mem:middle" }]);
  for (const repository of [ada, bob, middle]) expect(await findings(repository)).toEqual([]);
});

test("a second push moves only what changed, and says so", async () => {
  const { ada } = await pair();
  expect((await ada.push()).refs).toMatchObject([{ remote: "refs/heads/main", outcome: "unchanged" }]);
  await ada.dataset("qa").patch([{ op: "replace", path: "/items/q7/text", value: "seven" }]);
  const { refs, traffic } = await ada.push();
  expect(refs).toMatchObject([{ remote: "refs/heads/main", outcome: "updated" }]);
  // Commit, snapshot, datasets, dataset, one leaf and its root, one item.
  expect(traffic.objects).toBeLessThanOrEqual(8);
});

test("two who changed different rows both push, and hold the same in the end", async () => {
  const { ada, bob } = await pair();
  await ada.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "ada" }]);
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q2/text", value: "bob" }]);
  await ada.push();
  await expect(bob.push()).rejects.toThrow(/sheaf pull origin main/);
  expect(await codeOf(bob.push())).toBe("stale-base");
  const { result, from } = await bob.pull();
  expect(from.name).toBe("origin/main");
  expect(result).toMatchObject({ advanced: true });
  await bob.push();
  await ada.pull();
  expect(await ada.head()).toEqual(await bob.head());
  expect((await rowsOf(ada)).filter(row => /"(ada|bob)"/.test(row))).toHaveLength(2);
  for (const repository of [ada, bob]) expect(await findings(repository)).toEqual([]);
});

test("a conflict on pull waits as one of merge does", async () => {
  const { ada, bob } = await pair();
  await ada.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "ada" }]);
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "bob" }]);
  await ada.push();
  expect((await bob.pull()).result).toMatchObject({ conflicts: [{ id: "q1", pointer: "/text" }] });
  expect(await codeOf(bob.pull())).toBe("refused");
  await bob.resolveConflicts(() => "theirs");
  await bob.finishMerge();
  await bob.push();
  await ada.pull();
  expect(await ada.head()).toEqual(await bob.head());
});

test("pull --rebase puts own commits on top, with their authors", async () => {
  const { ada, bob } = await pair();
  await ada.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "ada" }]);
  await ada.push();
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q2/text", value: "bob" }], { message: "two" });
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q3/text", value: "bob" }], { message: "three" });
  expect((await bob.pull({ rebase: true })).result).toMatchObject({ replayed: 2, dropped: [] });
  const log = [];
  for await (const { message, parents, author } of bob.log({ limit: 3 }))
    log.push([message, parents.length, author.name]);
  expect(log.slice(0, 2)).toEqual([
    ["three", 1, "bob"],
    ["two", 1, "bob"],
  ]);
  expect((await bob.push()).refs[0].outcome).toBe("updated");
});
