import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8, type Portion, type PortionHelper, type PrintedPortion } from "@sheaf/core";
import type { Lines } from "./print.js";
import { shareLines, type LineWork } from "./shared-lines.js";

type Print = (portion: Portion, room: Uint8Array<ArrayBuffer>) => PrintedPortion;

/** Row n as a line; rows differ in length. */
const lineOf = (n: number): Uint8Array => utf8(`${n}${".".repeat((n * 7) % 13)}\n`);

/** Prints rows into the room, as many as fit and as it is `willing` to. */
function printInto({ from, to }: Portion, room: Uint8Array<ArrayBuffer>, willing: number): PrintedPortion {
  let [rows, bytes] = [0, 0];
  for (; from + rows < to && rows < willing; rows++) {
    const line = lineOf(from + rows);
    if (bytes + line.length > room.length) break;
    room.set(line, bytes);
    bytes += line.length;
  }
  return { room, rows, bytes };
}

/** A helper that does what `print` says, some turns of the event loop later. */
function helperOf(print: Print, late: number): PortionHelper & { stopped: number } {
  const helper = {
    isReady: true,
    stopped: 0,
    async print(portion: Portion, room: Uint8Array<ArrayBuffer>) {
      const given = structuredClone(room, { transfer: [room.buffer] });
      for (let turn = 0; turn < late; turn++) await pause();
      return print(portion, given);
    },
    async stop() {
      helper.stopped++;
    },
  };
  return helper;
}

const pause = () => new Promise<void>(resolve => void setImmediate(resolve));

function workOf(count: number, more: Partial<LineWork>): LineWork {
  return {
    count,
    help: { from: 0, portionBytes: 64, start: async () => undefined },
    async *inTurn({ from, to }) {
      for (let at = from; at < to; at += 3) {
        const lines = Array.from({ length: Math.min(3, to - at) }, (_, i) => lineOf(at + i));
        yield { text: Buffer.concat(lines), count: lines.length };
      }
    },
    ahead: async (portion, room) => printInto(portion, room, Infinity),
    pause,
    ...more,
  };
}

const withHelper = (helper: PortionHelper | undefined) => ({
  help: { from: 0, portionBytes: 64, start: async () => helper },
});

async function textOf(lines: AsyncIterable<Lines>): Promise<string> {
  let text = "";
  for await (const part of lines) {
    text += Buffer.from(part.text).toString();
    await pause();
  }
  return text;
}

const wanted = (count: number) => Buffer.concat(Array.from({ length: count }, (_, n) => lineOf(n))).toString();

test("law: whatever the helper prints, and whenever, all lines come out once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(300),
      fc.array(fc.option(fc.nat(9), { nil: Infinity }), { minLength: 1, maxLength: 5 }),
      fc.nat(4),
      fc.option(fc.nat(9), { nil: Infinity }),
      async (count, willing, late, diesAfter) => {
        let asked = 0;
        const helper = helperOf((portion, room) => {
          if (asked >= diesAfter) {
            helper.isReady = false;
            return { room: new Uint8Array(0), rows: 0, bytes: 0 };
          }
          return printInto(portion, room, willing[asked++ % willing.length]);
        }, late) as { isReady: boolean; stopped: number } & PortionHelper;
        const ahead: LineWork["ahead"] = async (portion, room) => printInto(portion, room, willing[0]);
        const told: number[] = [];
        const progress: LineWork["progress"] = ({ done }) => void told.push(done);
        const work = workOf(count, { ...withHelper(helper), ahead, progress });
        expect(await textOf(shareLines(work))).toBe(wanted(count));
        expect(told.at(-1)).toBe(count === 0 ? undefined : count);
        expect(told).toEqual([...told].sort((a, b) => a - b));
      },
    ),
  );
});

describe("a helper", () => {
  test("prints its share, is given few portions at a time, and is stopped at the end", async () => {
    let [now, most, portions] = [0, 0, 0];
    const helper = helperOf((portion, room) => (now--, portions++, printInto(portion, room, Infinity)), 1);
    const { print } = helper;
    helper.print = (portion, room) => ((most = Math.max(most, ++now)), print(portion, room));
    expect(await textOf(shareLines(workOf(900, withHelper(helper))))).toBe(wanted(900));
    expect(portions).toBeGreaterThan(20);
    expect(most).toBe(3);
    expect(helper.stopped).toBe(1);
  });

  test("that never gets ready leaves all to this thread", async () => {
    const helper = { ...helperOf(() => expect.fail("it was asked"), 0), isReady: false };
    expect(await textOf(shareLines(workOf(200, withHelper(helper))))).toBe(wanted(200));
  });

  test("is not asked for where the text is short, or nearly at its end", async () => {
    let started = 0;
    const start = async () => {
      started++;
      return undefined;
    };
    const length = wanted(300).length;
    for (const from of [length + 1, length / 2 + 30])
      expect(await textOf(shareLines(workOf(300, { help: { from, portionBytes: 64, start } })))).toBe(wanted(300));
    expect(started).toBe(0);
    await textOf(shareLines(workOf(300, { help: { from: length / 3, portionBytes: 64, start } })));
    expect(started).toBe(1);
  });

  test("is stopped when the reader goes, or gives up", async () => {
    const helper = helperOf((portion, room) => printInto(portion, room, Infinity), 2);
    const gone = new AbortController();
    const lines = shareLines(workOf(900, { ...withHelper(helper), signal: gone.signal }));
    for (let n = 0; n < 5; n++) await lines.next();
    gone.abort(new Error("enough"));
    await expect(textOf(lines)).rejects.toThrow("enough");
    expect(helper.stopped).toBe(1);
    let parts = 0;
    for await (const _ of shareLines(workOf(900, withHelper(helper)))) if (++parts === 5) break;
    expect(helper.stopped).toBe(2);
  });
});

test("what is wrong with a row is said in its turn, behind the rows before it", async () => {
  const bad = 431;
  const upTo = (portion: Portion, room: Uint8Array<ArrayBuffer>) =>
    printInto(portion, room, Math.max(0, bad - portion.from));
  const { inTurn } = workOf(900, {});
  const work = workOf(900, {
    ...withHelper(helperOf(upTo, 1)),
    ahead: async (portion, room) => upTo(portion, room),
    async *inTurn(portion) {
      for await (const lines of inTurn({ from: portion.from, to: Math.min(bad, portion.to) })) yield lines;
      if (portion.to > bad) throw new Error("row 431 is damaged");
    },
  });
  let text = "";
  const read = async () => {
    for await (const lines of shareLines(work)) text += Buffer.from(lines.text).toString();
  };
  await expect(read()).rejects.toThrow("row 431 is damaged");
  expect(text).toBe(wanted(bad));
});
