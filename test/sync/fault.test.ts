/** What is left when a drive fails in the middle of a fetch, a push or a clone, and when two push at once. */
import { expect, test } from "vitest";
import { isSheafError, Repository, type Drive } from "@sheaf/core";
import { FaultyDrive, type Fault } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { findings, rowsOf, Town } from "./town.js";

const rows = Array.from({ length: 40 }, (_, n) => ({ id: `q${n}`, text: `row ${n} ${"lorem ".repeat(n % 9)}` }));

async function pair(middle: Drive = new MemoryDrive()) {
  const town = new Town();
  town.drives.set("middle", middle);
  await town.open("middle");
  const ada = await town.open("ada");
  await ada.addRemote("origin", "mem:middle");
  await ada.dataset("qa").import(rows, { key: "id" });
  await ada.push("origin", ["main"], { setUpstream: true });
  return { town, ada };
}

/** `SHEAF_RUNS=1000` tries every fault at every instant; else each fault at every third one. */
const step = Number(process.env["SHEAF_RUNS"] ?? 100) >= 1000 ? 1 : 3;
const faults: readonly Fault[] = ["refuses", "loses", "dies"];

const edit = [{ op: "replace" as const, path: "/items/q3/text", value: "new" }];

/** Runs `act` with the drive of `name` failing at every operation in turn, until none is left to fail. */
async function atEveryInstant(
  name: string,
  prepare: () => Promise<Town>,
  act: (town: Town) => Promise<void>,
  check: (town: Town) => Promise<void>,
): Promise<void> {
  for (const [turn, fault] of faults.entries())
    for (let at = 1 + (turn % step); ; at += step) {
      const town = await prepare();
      const whole = town.driveOf(name);
      const faulty = new FaultyDrive(whole, at, fault);
      town.drives.set(name, faulty);
      await act(town).catch((error: unknown) => {
        if (!isSheafError(error)) throw error;
      });
      town.drives.set(name, whole);
      await check(town);
      if (faulty.operations < at) break;
    }
}

test("a push leaves the other side at its old or its new commit, whole, and may be repeated", async () => {
  let before = "";
  let after = "";
  await atEveryInstant(
    "middle",
    async () => {
      const { town, ada } = await pair();
      before = await ada.resolve("main");
      await ada.dataset("qa").patch(edit);
      after = await ada.resolve("main");
      return town;
    },
    async town => void (await (await town.open("ada")).push()),
    async town => {
      const middle = await town.open("middle");
      expect([before, after]).toContain(await middle.resolve("main"));
      expect(await findings(middle)).toEqual([]);
      const ada = await town.open("ada");
      await ada.fetch();
      await ada.push();
      expect(await (await town.open("middle")).resolve("main")).toBe(after);
    },
  );
});

test("a fetch leaves this side as it was, or with what is new, whole, and may be repeated", async () => {
  let after = "";
  await atEveryInstant(
    "bob",
    async () => {
      const { town, ada } = await pair();
      await town.clone("middle", "bob");
      await ada.dataset("qa").patch(edit);
      await ada.push();
      after = await ada.resolve("main");
      return town;
    },
    async town => void (await (await town.open("bob")).fetch()),
    async town => {
      const bob = await town.open("bob");
      expect(await findings(bob)).toEqual([]);
      await bob.fetch();
      expect(await bob.resolve("origin/main")).toBe(after);
    },
  );
});

test("a clone that broke off is no repository, and the same clone again completes it", async () => {
  let expected: string[] = [];
  await atEveryInstant(
    "bob",
    async () => {
      const { town, ada } = await pair();
      expected = await rowsOf(ada);
      town.drives.set("bob", new MemoryDrive());
      return town;
    },
    async town => void (await town.clone("middle", "bob")),
    async town => {
      const isThere = await Repository.open(town.driveOf("bob"), town.options("bob")).then(
        () => true,
        () => false,
      );
      const bob = isThere ? await town.open("bob") : await town.clone("middle", "bob");
      expect(await findings(bob)).toEqual([]);
      expect(await rowsOf(bob)).toEqual(expected);
      expect(await bob.remotes()).toHaveLength(1);
    },
  );
});

test("of two who push at once one wins, the other is told that it is stale, and both are in after a pull", async () => {
  const { town, ada } = await pair();
  const bob = await town.clone("middle", "bob");
  await ada.dataset("qa").patch(edit);
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q9/text", value: "bob" }]);
  const outcomes = await Promise.all(
    [ada, bob].map(each => each.push(undefined, undefined, { partial: true }).then(({ refs }) => refs[0])),
  );
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["rejected", "updated"]);
  expect(outcomes.find(({ outcome }) => outcome === "rejected")).toMatchObject({ reason: "stale" });
  const loser = outcomes[0].outcome === "rejected" ? ada : bob;
  await loser.pull();
  await loser.push();
  const middle = await town.open("middle");
  expect((await rowsOf(middle)).filter(row => /"(new|bob)"/.test(row))).toHaveLength(2);
});
