import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { describe as describeProgress, ProgressLine } from "./progress.js";

test("says what, how much, how fast, which share, how long still", () => {
  const progress = { phase: "reading", done: 1_200_000, total: 2_400_000, unit: "rows" } as const;
  expect(describeProgress(progress, 300_000, 4)).toBe("reading  1.2 M rows  300 k/s  50 %  4 s left");
  expect(describeProgress(progress, 300_000, 4, 0.25)).toBe("reading  1.2 M rows  300 k/s  25 %  12 s left");
});

test("says no share where the total is unknown", () => {
  expect(describeProgress({ phase: "writing", done: 5 * 2 ** 20, unit: "bytes" }, 2 ** 20, 5)).toBe(
    "writing  5.0 MiB  1.0 MiB/s",
  );
});

test("draws nothing for quick work, then seldom, and takes its line away", () => {
  let now = 0;
  const sink = new PassThrough();
  const line = new ProgressLine(sink, () => now);
  const news = (done: number) => line.update({ phase: "reading", done, unit: "rows" });
  for (const [time, done] of [
    [0, 0],
    [300, 10],
    [500, 20],
    [550, 30],
    [620, 40],
  ] as const) {
    now = time;
    news(done);
  }
  line.clear();
  line.clear();
  const drawn = String(sink.read() ?? "")
    .split("\r\x1b[2K")
    .filter(Boolean);
  expect(drawn).toHaveLength(2);
});
