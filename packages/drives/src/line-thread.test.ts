import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeLines, utf8, type EncodeLines, type ItemBatch } from "@sheaf/core";
import { encodeLinesBeside, LineThread } from "./line-thread.js";
import { nodePlatform } from "./node.js";

/** A thread runs what was compiled: Node alone reads no TypeScript. */
const program = new URL("../dist/line-worker.js", import.meta.url);

async function* chunksOf(text: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map(cut => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
  for (let i = 0, from = 0; i < ends.length; from = ends[i++]) yield text.subarray(from, ends[i]);
}

/** Everything that comes out: line, block and digest of each row, and the error that ended it. */
async function outcome(batches: AsyncIterable<ItemBatch>): Promise<unknown[]> {
  const rows: unknown[] = [];
  try {
    for await (const { bytes, count, starts, ends, lines, digests } of batches)
      for (let i = 0; i < count; i++) {
        const block = bytes.slice(starts[i], ends[i]);
        const digest = new Uint8Array(32);
        if (digests) digest.set(digests.subarray(i * 32, i * 32 + 32));
        else nodePlatform.digestInto(block, digest, 0);
        rows.push({ line: lines[i], block, digest });
      }
  } catch (error) {
    rows.push(error);
  }
  return rows;
}

const lineOf = fc.oneof(
  { weight: 20, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()).map(item => JSON.stringify(item)) },
  { weight: 3, arbitrary: fc.constantFrom("", " ", '{"n":1.0}\r', '{"n":18446744073709551615}') },
  { weight: 1, arbitrary: fc.constantFrom("[1]", '{"a":1,"a":2}', '{"a":', '{"n":1e999}') },
);
const textOf = fc
  .tuple(fc.array(lineOf, { maxLength: 40 }), fc.boolean())
  .map(([lines, isEnded]) => utf8(lines.join("\n") + (isEnded ? "\n" : "")));

describe("a thread of its own", () => {
  let thread: LineThread;
  beforeAll(async () => {
    thread = await LineThread.start(program);
    if (!(await thread.ready)) throw new Error(`${program.href} cannot be run`);
  });
  afterAll(() => thread.stop());

  test("gives the same rows, or the same error, as encoding here", async () => {
    await fc.assert(
      fc.asyncProperty(textOf, fc.array(fc.nat(), { maxLength: 12 }), async (text, cuts) => {
        const here = await outcome(encodeLines(chunksOf(text, cuts), { file: "f" }));
        const first = new Uint8Array(0);
        expect(await outcome(thread.encode(first, chunksOf(text, cuts), { file: "f" }))).toEqual(here);
      }),
    );
  });

  test("counts lines from where it takes over", async () => {
    const rest = utf8('{"a":1}\n');
    const rows = await outcome(thread.encode(rest, chunksOf(utf8('{"b":\n'), []), { firstLine: 7 }));
    expect(rows).toMatchObject([{ line: 7 }, { code: "bad-input", data: { line: 8 } }]);
  });
});

describe("moving to a thread", () => {
  /** Rows until some came from the thread (it alone takes digests), and a few more. */
  async function spanning(
    encode: EncodeLines,
    most: number,
  ): Promise<{ given: number; taken: number; moved: boolean }> {
    let [given, taken, moved] = [0, 0, false];
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let after = 0; after < 9 && given < most; after += moved ? 1 : 0) {
        yield utf8(`{"n":${given}}\n{"half":`);
        yield utf8(`${given++}}\n`);
        await nodePlatform.pause();
      }
    }
    for await (const { count, lines, digests } of encode(endless(), {})) {
      expect([...lines]).toEqual(Array.from({ length: count }, (_, i) => taken + i + 1));
      taken += count;
      moved ||= digests !== undefined;
    }
    return { given, taken, moved };
  }

  test("loses no row and no line number on the way", async () => {
    const { given, taken, moved } = await spanning(encodeLinesBeside({ from: 0, program }), Infinity);
    expect({ moved, taken }).toEqual({ moved: true, taken: 2 * given });
  });

  test("stays here where there is no thread to be had", async () => {
    const missing = new URL("./no-such-program.js", import.meta.url);
    const { given, taken, moved } = await spanning(encodeLinesBeside({ from: 0, program: missing }), 500);
    expect({ moved, taken }).toEqual({ moved: false, taken: 2 * given });
  });

  test("a thread that dies is an error, not a shorter dataset", async () => {
    const fatal =
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit()); parentPort.postMessage("ready");';
    const dying = encodeLinesBeside({ from: 0, program: new URL(`data:text/javascript,${encodeURIComponent(fatal)}`) });
    await expect(spanning(dying, Infinity)).rejects.toThrow("ended");
  });
});
