import { expect, onTestFinished, test, vi } from "vitest";
import { Deadline } from "./deadline.js";

/** A deadline of a second, and what it has said. */
function begun(isWaiting = false) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const deadline = new Deadline(1000, () => isWaiting);
  const said: unknown[] = [];
  void deadline.over.then(error => said.push([error.status, error.code]));
  return { deadline, said };
}

test("it is over when nothing moves, and says whose fault it is", async () => {
  for (const [isWaiting, status] of [
    [false, 503],
    [true, 408],
  ] as const) {
    const { said } = begun(isWaiting);
    await vi.advanceTimersByTimeAsync(999);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(said).toEqual([[status, "too-slow"]]);
  }
});

test("enough bytes begin it anew, a trickle does not", async () => {
  const { deadline, said } = begun();
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(900);
    deadline.moved(65_536);
  }
  expect(said).toEqual([]);
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(100);
    deadline.moved(1);
  }
  expect(said).toEqual([[503, "too-slow"]]);
});

test("it is never over once it was ended", async () => {
  const { deadline, said } = begun();
  deadline.end();
  deadline.renew();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual([]);
});
