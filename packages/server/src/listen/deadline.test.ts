import { describe, expect, onTestFinished, test, vi } from "vitest";
import { stream } from "../answer.js";
import { Deadline } from "./deadline.js";
import { gate, raw, starter, testRoute } from "./testing.js";

const start = starter(onTestFinished);

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

describe("requests that take too long", () => {
  test("are answered so, though their handler heeds nothing, and their work is told to stop", async () => {
    const told = gate<unknown>();
    const { url, line } = await start(
      [
        testRoute("GET", "/stuck", ({ signal }) => {
          signal.addEventListener("abort", () => told.open(signal.reason));
          return new Promise(() => undefined);
        }),
      ],
      { requestMs: 20 },
    );
    const answer = await fetch(`${url}/stuck`);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: "too-slow" }]);
    expect(await told.opened).toMatchObject({ status: 503 });
    expect(await line(0)).toMatchObject({ status: 503, code: "too-slow" });
  });

  test("because their body does not come are answered 408", async () => {
    const { port } = await start([], { requestMs: 20 });
    const text = await raw(
      port,
      'POST /api/v1/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{"',
    );
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("to go on with their stream are cut, and the log says why; events are not", async () => {
    async function* stalling() {
      yield new Uint8Array(1);
      await new Promise(() => undefined);
    }
    const { url, line } = await start(
      ["text/event-stream", "text/plain"].map(type => testRoute("GET", `/${type}`, () => stream(stalling(), type))),
      { requestMs: 20 },
    );
    const events = await fetch(`${url}/text/event-stream`);
    await expect(fetch(`${url}/text/plain`).then(answer => answer.text())).rejects.toThrow();
    expect(await line(0)).toMatchObject({ status: 200, code: "too-slow" });
    const reader = events.body?.getReader();
    expect((await reader?.read())?.value).toEqual(new Uint8Array(1));
    await reader?.cancel();
  });
});
