import { expect, test } from "vitest";
import { Desk } from "./desk.js";
import { withRows } from "./native/testing.js";

test("who rests is woken by what moves a ref here, and by their own signal", async () => {
  const { repo } = await withRows();
  const waits: string[] = [];
  const desk = new Desk(repo, (_ms, signal) => new Promise(done => signal.addEventListener("abort", () => done())));
  const gone = new AbortController();
  const resting = [desk.rest(1, gone.signal).then(() => waits.push("a")), desk.rest(1, new AbortController().signal)];
  gone.abort();
  await resting[0];
  expect(waits).toEqual(["a"]);
  desk.stir();
  await resting[1];
  const again = desk.rest(1, new AbortController().signal);
  desk.stir();
  await again;
});
