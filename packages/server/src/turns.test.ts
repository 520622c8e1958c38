import { expect, test } from "vitest";
import { Turns } from "./turns.js";

function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>(done => (resolve = done));
  return { promise, resolve };
}

test("who works alone waits for those before, and those behind wait for them", async () => {
  const turns = new Turns();
  const told: string[] = [];
  const [first, second] = [gate(), gate()];
  const say = (word: string, until?: Promise<void>) => async () => {
    told.push(`${word}(`);
    await until;
    told.push(`)${word}`);
  };
  const all = [
    turns.among(say("a", first.promise)),
    turns.among(say("b")),
    turns.alone(say("C", second.promise)),
    turns.among(say("d")),
    turns.alone(say("E")),
  ];
  await all[1];
  expect(told).toEqual(["a(", "b(", ")b"]);
  first.resolve();
  await all[0];
  second.resolve();
  await Promise.all(all);
  expect(told.slice(3)).toEqual([")a", "C(", ")C", "d(", ")d", "E(", ")E"]);
  expect(turns.isIdle).toBe(true);
});

test("what one throws is theirs alone", async () => {
  const turns = new Turns();
  const failed = turns.alone(() => Promise.reject(new Error("no")));
  const later = turns.among(async () => "done");
  await expect(failed).rejects.toThrow("no");
  expect(await later).toBe("done");
});
