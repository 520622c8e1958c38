import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameDigest } from "@sheaf/core";
import { AdoptionScene, lines, type Files } from "./testing.js";

/** A line as it is written: which row (its id, or none), which value, and whether its position is given. */
interface Written {
  readonly id: number | undefined;
  readonly value: number;
  readonly position: string | undefined;
}

const positions = ["a0", "a1", "a2", "a3h", "b00"];
const written: fc.Arbitrary<Written> = fc.record({
  id: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
  value: fc.nat({ max: 3 }),
  position: fc.option(fc.constantFrom(...positions), { nil: undefined, freq: 2 }),
});
const names = ["0", "a1", "a3h", "b/x", "b/y"];
/** Files of lines in which each id stands once at most. */
const contents: fc.Arbitrary<ReadonlyMap<string, readonly Written[]>> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
    fc.uniqueArray(written, { maxLength: 12, selector: line => line.id ?? {} }),
  )
  .map(([files, list]) => {
    const byFile = new Map<string, Written[]>(files.map(name => [name, []]));
    for (const [i, line] of list.entries()) byFile.get(files[i % files.length])?.push(line);
    return byFile;
  });

function print({ id, value, position }: Written): string {
  const head = id === undefined ? [] : [`"@id":"q${id}"`];
  if (position !== undefined) head.push(`"@pos":"${position}"`);
  return `{${[...head, `"v":${value}`].join(",")}}`;
}

function filesOf(content: ReadonlyMap<string, readonly Written[]>): Files {
  return Object.fromEntries(
    Array.from(content, ([name, list]) => [`qa/rows/${name}.jsonl`, lines(...list.map(print))]).concat([
      ["qa/dataset.json", `{"id":"${"1".repeat(32)}","path":"qa"}`],
    ]),
  );
}

/** The lines in the order of files. */
const inOrder = (content: ReadonlyMap<string, readonly Written[]>) => names.flatMap(name => content.get(name) ?? []);

/** Any next version: some files as they were, the others anew. */
const edited = fc.tuple(contents, contents, fc.subarray(names)).map(([base, other, kept]) => {
  const next = new Map(other);
  const ids = new Set<number>();
  for (const name of kept) {
    const own = base.get(name);
    if (!own) continue;
    next.set(name, own);
    for (const { id } of own) if (id !== undefined) ids.add(id);
  }
  for (const [name, list] of next)
    if (list !== base.get(name))
      next.set(
        name,
        list.filter(({ id }) => id === undefined || !ids.has(id)),
      );
  return [base, next] as const;
});

describe("laws, for any lines in any files, edited in any way", () => {
  test("rows are the lines in their order; ids that are given stay", () =>
    fc.assert(
      fc.asyncProperty(edited, async ([base, next]) => {
        const scene = new AdoptionScene();
        const first = await scene.adopt(filesOf(base));
        const second = await scene.adopt(filesOf(next), first);
        for (const [adopted, content] of [
          [first, base],
          [second, next],
        ] as const) {
          const rows = await scene.rows(adopted, "qa");
          const list = inOrder(content);
          expect(rows.map(([, , item]) => item)).toEqual(list.map(({ value }) => `{"v":${value}}`));
          for (const [i, { id }] of list.entries()) if (id !== undefined) expect(rows[i][0]).toBe(`q${id}`);
        }
      }),
      { numRuns: 40 },
    ));

  test("rows of unchanged files stay as they are, unless their neighbours have no room", () =>
    fc.assert(
      fc.asyncProperty(edited, async ([base, next]) => {
        const scene = new AdoptionScene();
        const first = await scene.adopt(filesOf(base));
        const before = await scene.rows(first, "qa");
        const after = await scene.rows(await scene.adopt(filesOf(next), first), "qa");
        let at = 0;
        for (const name of names) {
          const list = base.get(name) ?? [];
          if (next.get(name) === list)
            for (let i = 0; i < list.length; i++) expect(after.map(([id]) => id)).toContain(before[at + i][0]);
          at += list.length;
        }
      }),
      { numRuns: 40 },
    ));

  test("what is complete and in order is taken as it is written, whatever the base", () =>
    fc.assert(
      fc.asyncProperty(contents, contents, fc.uniqueArray(fc.nat({ max: 20 })), async (base, other, ids) => {
        const sorted = ids.toSorted((a, b) => a - b);
        const whole = sorted.map(n => `{"@id":"q${n}","@pos":"a${n.toString(36)}","v":${n}}`.replace('"az', '"b00'));
        const cut = Math.floor(whole.length / 2);
        const files = {
          "qa/rows/0.jsonl": lines(...whole.slice(0, cut)),
          "qa/rows/a7.jsonl": lines(...whole.slice(cut)),
          "qa/dataset.json": `{"id":"${"1".repeat(32)}","path":"qa"}`,
        };
        const scene = new AdoptionScene();
        const first = await scene.adopt(filesOf(base));
        const second = await scene.adopt(filesOf(other), first);
        const fresh = await scene.adopt(files);
        const onTop = await scene.adopt(files, second);
        expect(sameDigest(fresh.snapshot.datasets, onTop.snapshot.datasets)).toBe(true);
      }),
      { numRuns: 40 },
    ));
});

/** What became of the lines of one file, given those of the base: id of the row that was there (by its number in the base) or `new`, and position. */
async function settled(before: readonly string[], after: readonly string[]): Promise<string[]> {
  const scene = new AdoptionScene();
  const first = await scene.adopt({ "qa/rows/0.jsonl": lines(...before) });
  const second = await scene.adopt({ "qa/rows/0.jsonl": lines(...after) }, first);
  const ids = (await scene.rows(first, "qa")).map(([id]) => id);
  return (await scene.rows(second, "qa")).map(([id, position]) => {
    const row = ids.indexOf(id);
    return `${position} ${row < 0 ? (id.length === 36 ? "new" : id) : row}`;
  });
}

const a = '{"v":"a"}';
const b = '{"v":"b"}';
const c = '{"v":"c"}';
const x = '{"v":"x"}';
const y = '{"v":"y"}';

describe("rules", () => {
  test.each<[what: string, before: string[], after: string[], expected: string[]]>([
    //  a b c      a b c
    ["nothing but line ends changed", [a, b, c], [`${a}\r`, `${b}\r`, "", `${c}\r`], ["a0 0", "a1 1", "a2 2"]],
    //  a b c      a x b c
    ["a line is put between", [a, b, c], [a, x, b, c], ["a0 0", "a0i new", "a1 1", "a2 2"]],
    ["a line is put in front", [a, b], [x, a, b], ["Zz new", "a0 0", "a1 1"]],
    ["a line is put behind", [a, b], [a, b, x], ["a0 0", "a1 1", "a2 new"]],
    //  a b c      a c
    ["a line is deleted", [a, b, c], [a, c], ["a0 0", "a2 2"]],
    //  a b c      a x c        x took the place of b
    ["a line is changed", [a, b, c], [a, x, c], ["a0 0", "a1 1", "a2 2"]],
    //  a b        x y b        x took the place of a, y is new
    ["a line is changed and one is added", [a, b], [x, y, b], ["a0 0", "a0i new", "a1 1"]],
    //  a b c      c a b        a b is the longer run
    ["a line is moved to the front", [a, b, c], [c, a, b], ["Zz 2", "a0 0", "a1 1"]],
    ["two lines are swapped", [a, b], [b, a], ["Zz 1", "a0 0"]],
    ["equal lines pair up in order", [a, a, b], [a, b, a], ["a0 0", "a0i 2", "a1 1"]],
    ["a line with an id is that row", [a, '{"@id":"q","v":"b"}'], ['{"@id":"q","v":"x"}', a], ["Zz 1", "a0 0"]],
    ["keys and spaces may be written otherwise", ['{"v":1,"w":2}'], ['{ "w": 2, "v": 1 }'], ["a0 0"]],
    ["a position that is given is taken", [a, b], [a, '{"@pos":"a0h","v":"x"}', b], ["a0 0", "a0h new", "a1 1"]],
    [
      "a position that does not fit its line gives way",
      [a, b],
      [a, '{"@pos":"c000","v":"x"}', b],
      ["a0 0", "a0i new", "a1 1"],
    ],
    ["all lines go", [a, b], [], []],
  ])("%s", async (_, before, after, expected) => expect(await settled(before, after)).toEqual(expected));
});
