import { describe, expect, test } from "vitest";
import type { ValueObject } from "../item/value.js";
import { applyDatasetPatch, type DatasetChanges, type DatasetRules } from "./document.js";
import { applyPatch, FailedTest, type Operation } from "./patch.js";

interface Stored {
  readonly meta?: ValueObject;
  readonly items?: Readonly<Record<string, ValueObject>>;
  readonly positions?: Readonly<Record<string, string>>;
}

const stored: Required<Stored> = {
  meta: { description: "d" },
  items: { a: { n: 1 }, b: { n: 2 }, c: { n: 3, list: [1] } },
  positions: { a: "p1", b: "p2", c: "p3" },
};

const rules: DatasetRules = {
  makeId: (item, isTaken) => {
    let id = `made-${JSON.stringify(item)}`;
    while (isTaken(id)) id += "+";
    return id;
  },
  isPosition: text => text.startsWith("p"),
};

/** Applies a patch, and says which parts were loaded. */
async function run(patch: readonly unknown[], wait = false): Promise<DatasetChanges & { loaded: string[] }> {
  const loaded: string[] = [];
  const give = <T>(name: string, value: T): T | Promise<T> => {
    loaded.push(name);
    return wait ? Promise.resolve(value) : value;
  };
  const [items, positions] = [new Map(Object.entries(stored.items)), new Map(Object.entries(stored.positions))];
  const source = {
    item: (id: string) => give(`item ${id}`, items.get(id)),
    position: (id: string) => give(`position ${id}`, positions.get(id)),
    meta: () => give("meta", stored.meta),
  };
  return { ...(await applyDatasetPatch(source, patch as Operation[], rules)), loaded };
}

/** The changes as plain data, without what is empty. */
async function changes(patch: readonly unknown[], wait = false): Promise<Record<string, unknown>> {
  const { meta, items, positions, appended, made } = await run(patch, wait);
  const all = {
    meta,
    items: Object.fromEntries(items),
    positions: Object.fromEntries(positions),
    appended: [...appended],
    made: [...made],
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && Object.keys(value).length > 0),
  );
}

describe("a patch on a dataset", () => {
  test.each([false, true])(
    "changes fields, adds, removes and moves items; sources may answer later (%s)",
    async wait => {
      const patch = [
        { op: "test", path: "/items/a/n", value: 1 },
        { op: "replace", path: "/items/a/n", value: 10 },
        { op: "remove", path: "/items/b" },
        { op: "add", path: "/items/z", value: { n: 26 } },
        { op: "add", path: "/items/y", value: { n: 25 } },
        { op: "add", path: "/positions/y", value: "p0" },
        { op: "add", path: "/meta/description", value: "new" },
      ];
      expect(await changes(patch, wait)).toEqual({
        meta: { description: "new" },
        items: { a: { n: 10 }, b: undefined, z: { n: 26 }, y: { n: 25 } },
        positions: { y: "p0" },
        appended: ["z"],
      });
    },
  );

  test("agrees with the same patch on the whole document", async () => {
    const patch: Operation[] = [
      { op: "copy", from: "/items/c/list", path: "/items/a/list" },
      { op: "add", path: "/items/a/list/-", value: 2 },
      { op: "move", from: "/items/c/n", path: "/items/b/m" },
      { op: "move", from: "/items/b", path: "/items/d" },
      { op: "copy", from: "/positions/a", path: "/meta/first" },
      { op: "replace", path: "/positions/c", value: "p9" },
    ];
    const whole = applyPatch(stored, patch) as unknown as Required<Stored>;
    const { meta, items, positions } = await run(patch);
    expect(meta).toEqual(whole.meta);
    expect(Object.fromEntries([...items].filter(([, item]) => item !== undefined))).toEqual(whole.items);
    expect(Object.fromEntries(positions)).toEqual({ c: whole.positions["c"] });
  });

  test("loads only what it names, and bodies only where it looks inside", async () => {
    const { loaded } = await run([
      { op: "add", path: "/items/a", value: {} },
      { op: "remove", path: "/items/b" },
      { op: "test", path: "/items/c", value: { n: 3, list: [1] } },
      { op: "add", path: "/items/-", value: {} },
    ]);
    expect(loaded.toSorted()).toEqual(["item c", "position a", "position b"]);
  });

  test("a patch without effect has no changes", async () => {
    expect(await changes([])).toEqual({});
    expect(
      await changes([
        { op: "test", path: "/items/a/n", value: 1 },
        { op: "move", from: "/items/a", path: "/items/a" },
      ]),
    ).toEqual({});
    expect(
      await changes([
        { op: "add", path: "/items/x", value: {} },
        { op: "remove", path: "/items/x" },
      ]),
    ).toEqual({});
  });

  test("maps are in UTF-8 order of the ids", async () => {
    const ids = ["😀", "\uFFEE", "b", "a", "10", "9"];
    const { items } = await run(ids.map(id => ({ op: "add", path: `/items/${id}`, value: {} })));
    expect([...items.keys()]).toEqual(["10", "9", "a", "b", "\uFFEE", "😀"]);
  });
});

describe("appending", () => {
  test("made ids are told in order, and equal items get different ones", async () => {
    const patch = [1, 1, 2].map(n => ({ op: "add", path: "/items/-", value: { n } }));
    expect(await changes(patch, true)).toEqual({
      items: { 'made-{"n":1}': { n: 1 }, 'made-{"n":1}+': { n: 1 }, 'made-{"n":2}': { n: 2 } },
      appended: ['made-{"n":1}', 'made-{"n":1}+', 'made-{"n":2}'],
      made: ['made-{"n":1}', 'made-{"n":1}+', 'made-{"n":2}'],
    });
  });

  test("move and copy append too", async () => {
    const patch = [
      { op: "move", from: "/items/a", path: "/items/-" },
      { op: "copy", from: "/items/b", path: "/items/-" },
    ];
    expect(await changes(patch)).toMatchObject({
      items: { a: undefined, 'made-{"n":1}': { n: 1 }, 'made-{"n":2}': { n: 2 } },
    });
  });

  test("rows without a position stand at the end in the order in which they came", async () => {
    const patch = [
      { op: "add", path: "/items/x", value: {} },
      { op: "add", path: "/items/w", value: {} },
      { op: "remove", path: "/items/x" },
      { op: "add", path: "/items/x", value: {} },
      { op: "remove", path: "/positions/a" },
    ];
    expect(await changes(patch)).toEqual({ items: { w: {}, x: {} }, appended: ["w", "x", "a"] });
  });

  test("an item replaced by add keeps its place", async () => {
    expect(await changes([{ op: "add", path: "/items/a", value: { n: 5 } }])).toEqual({ items: { a: { n: 5 } } });
  });
});

describe("positions", () => {
  test("an item that went and came back stands at the end, unless it is placed again", async () => {
    const back = [
      { op: "remove", path: "/items/a" },
      { op: "add", path: "/items/a", value: { n: 5 } },
    ];
    expect(await changes(back)).toEqual({ items: { a: { n: 5 } }, appended: ["a"] });
    expect(await changes([...back, { op: "add", path: "/positions/a", value: "p7" }])).toEqual({
      items: { a: { n: 5 } },
      positions: { a: "p7" },
    });
    expect(await changes([{ op: "add", path: "/positions/a", value: "p7" }, ...back])).toEqual({
      items: { a: { n: 5 } },
      appended: ["a"],
    });
  });

  test("the position of a removed item may be removed before or after it", async () => {
    const [item, position] = [
      { op: "remove", path: "/items/a" },
      { op: "remove", path: "/positions/a" },
    ];
    expect(await changes([item, position])).toEqual({ items: { a: undefined } });
    expect(await changes([position, item])).toEqual({ items: { a: undefined } });
  });

  test("a renamed row keeps its place when its position moves along", async () => {
    const patch = [
      { op: "move", from: "/items/a", path: "/items/z" },
      { op: "move", from: "/positions/a", path: "/positions/z" },
    ];
    expect(await changes(patch)).toEqual({ items: { a: undefined, z: { n: 1 } }, positions: { z: "p1" } });
  });

  test("a position may come before its item", async () => {
    const patch = [
      { op: "add", path: "/positions/z", value: "p4" },
      { op: "add", path: "/items/z", value: {} },
    ];
    expect(await changes(patch)).toEqual({ items: { z: {} }, positions: { z: "p4" } });
  });

  test("a move of a row alone loads no item", async () => {
    const { loaded, positions } = await run([{ op: "replace", path: "/positions/a", value: "p5" }]);
    expect(loaded).toEqual(["position a"]);
    expect([...positions]).toEqual([["a", "p5"]]);
  });
});

describe("refusals", () => {
  test.each<[string, string, object]>([
    ["the document", "refused", { op: "replace", path: "", value: {} }],
    ["a test of the document", "refused", { op: "test", path: "", value: {} }],
    ["all items", "refused", { op: "replace", path: "/items", value: {} }],
    ["a test of all items", "refused", { op: "test", path: "/items", value: {} }],
    ["a copy of all items", "refused", { op: "copy", from: "/items", path: "/meta/x" }],
    ["all positions", "refused", { op: "remove", path: "/positions" }],
    ["a removal of the metadata", "refused", { op: "remove", path: "/meta" }],
    ["a move of the metadata", "refused", { op: "move", from: "/meta", path: "/items/x" }],
    ["metadata that is a list", "bad-input", { op: "replace", path: "/meta", value: [] }],
    ["a fourth part", "bad-input", { op: "add", path: "/rows/x", value: {} }],
    ["an item that is a list", "bad-input", { op: "add", path: "/items/x", value: [] }],
    ["an appended item that is a text", "bad-input", { op: "add", path: "/items/-", value: "x" }],
    ["an item made of a field", "bad-input", { op: "copy", from: "/items/a/n", path: "/items/x" }],
    ["an empty id", "bad-input", { op: "add", path: "/items/", value: {} }],
    ["a long id", "bad-input", { op: "add", path: `/items/${"é".repeat(257)}`, value: {} }],
    ["a removal of -", "bad-input", { op: "remove", path: "/items/-" }],
    ["a place below -", "bad-input", { op: "add", path: "/items/-/x", value: 1 }],
    ["a position of -", "bad-input", { op: "add", path: "/positions/-", value: "p1" }],
    ["a removal of what is not there", "bad-input", { op: "remove", path: "/items/x" }],
    ["a field of what is not there", "bad-input", { op: "add", path: "/items/x/n", value: 1 }],
    ["a position that is none", "bad-input", { op: "add", path: "/positions/a", value: "q" }],
    ["a position that is no text", "bad-input", { op: "add", path: "/positions/a", value: 1 }],
    ["a position without an item", "bad-input", { op: "add", path: "/positions/x", value: "p1" }],
    ["a place below a position", "bad-input", { op: "add", path: "/positions/a/0", value: "p1" }],
  ])("%s is %s", async (_, code, operation) => {
    const patch = [{ op: "test", path: "/meta/description", value: "d" }, operation];
    await expect(run(patch)).rejects.toMatchObject({ code, data: { operation: 1 } });
  });

  test("a test that does not hold is told apart", async () => {
    await expect(run([{ op: "test", path: "/items/a", value: {} }])).rejects.toBeInstanceOf(FailedTest);
    await expect(run([{ op: "test", path: "/items/x", value: {} }])).rejects.toBeInstanceOf(FailedTest);
    await expect(run([{ op: "test", path: "/positions/a", value: "p2" }])).rejects.toBeInstanceOf(FailedTest);
  });

  test("a made id that is taken is refused", async () => {
    const source = { item: () => undefined, position: () => undefined, meta: () => ({}) };
    const patch: Operation[] = [1, 2].map(n => ({ op: "add", path: "/items/-", value: { n } }));
    await expect(applyDatasetPatch(source, patch, { ...rules, makeId: () => "same" })).rejects.toMatchObject({
      code: "bad-input",
      data: { operation: 1 },
    });
  });

  test("ids may be any text, __proto__ too", async () => {
    const { items, appended } = await run([
      { op: "add", path: "/items/__proto__", value: { a: 1 } },
      { op: "add", path: "/items/__proto__/b", value: 2 },
      { op: "add", path: "/items/a~1b", value: {} },
    ]);
    expect([...items]).toEqual([
      ["__proto__", { a: 1, b: 2 }],
      ["a/b", {}],
    ]);
    expect(appended).toEqual(["__proto__", "a/b"]);
  });
});
