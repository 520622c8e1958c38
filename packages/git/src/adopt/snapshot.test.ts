import { describe, expect, test } from "vitest";
import { AdoptionScene, lines, type Files } from "./testing.js";

const one = "1".repeat(32);
const facts = (path: string, id = one) => `{"id":"${id}","path":"${path}"}`;
const rows = lines('{"@id":"q1","@pos":"a0","a":1}', '{"@id":"q2","@pos":"a1","a":2}');

/** The datasets of a chain of commits: for each its path and the number of its id, counted from when it was first seen. */
async function chain(...commits: readonly Files[]): Promise<string[]> {
  const scene = new AdoptionScene();
  const ids: string[] = [];
  const seen: string[] = [];
  let parents: Awaited<ReturnType<AdoptionScene["adopt"]>>[] = [];
  for (const files of commits) {
    const adopted = await scene.adopt(files, ...parents);
    parents = [adopted];
    const { datasets } = await scene.plain(adopted);
    const list = Array.from(datasets, ([path, { id }]) => {
      if (!ids.includes(id)) ids.push(id);
      return `${path} ${ids.indexOf(id)}`;
    });
    seen.push(list.join(", "));
  }
  return seen;
}

describe("which folder is which dataset", () => {
  test.each<[what: string, commits: Files[], seen: string[]]>([
    [
      "files dropped in without dataset.json keep what they became",
      [{ "qa/rows/a.jsonl": rows }, { "qa/rows/a.jsonl": lines("{}") }],
      ["qa 0", "qa 0"],
    ],
    [
      "a dataset.json may come later, and go",
      [{ "qa/rows/a.jsonl": rows, "qa/dataset.json": facts("qa") }, { "qa/rows/a.jsonl": rows }],
      ["qa 0", "qa 0"],
    ],
    [
      "git mv of a folder renames",
      [
        { "qa/rows/0.jsonl": rows, "qa/dataset.json": facts("qa") },
        { "x/y/rows/0.jsonl": rows, "x/y/dataset.json": facts("qa") },
      ],
      ["qa 0", "x/y 0"],
    ],
    [
      "of a folder and its copy, the older one stays what it was",
      [
        { "qa/rows/0.jsonl": rows, "qa/dataset.json": facts("qa") },
        {
          "qa/rows/0.jsonl": rows,
          "qa/dataset.json": facts("qa"),
          "copy/rows/0.jsonl": rows,
          "copy/dataset.json": facts("qa"),
        },
      ],
      ["qa 0", "copy 1, qa 0"],
    ],
    [
      "of two new folders with one id, the one has it whose path is told",
      [{ "a/rows/0.jsonl": rows, "a/dataset.json": facts("b"), "b/rows/0.jsonl": rows, "b/dataset.json": facts("b") }],
      ["a 0, b 1"],
    ],
    [
      "a dataset without rows",
      [{ "qa/dataset.json": facts("qa") }, { "qa/dataset.json": facts("qa"), "qa/rows/0.jsonl": rows }],
      ["qa 0", "qa 0"],
    ],
    [
      "a dataset.json without id or rows is a file",
      [{ "qa/dataset.json": '{"name":"x"}', "z/dataset.json": "?" }],
      [""],
    ],
    ["the top is no dataset", [{ "rows/0.jsonl": "not JSON", "dataset.json": facts("x") }], [""]],
    [
      "datasets may nest, but not in rows",
      [{ "a/rows/0.jsonl": rows, "a/b/rows/x/y.jsonl": rows, "a/rows/c/rows/z.jsonl": lines("{}") }],
      ["a 0, a/b 1"],
    ],
    [
      "a folder's name is unescaped where it is an escape",
      [{ "%63on/rows/0.jsonl": rows, "100%/rows/0.jsonl": rows, "%63onx/rows/0.jsonl": rows }],
      ["%63onx 0, 100% 1, con 2"],
    ],
    ["a dataset goes", [{ "qa/rows/0.jsonl": rows }, { README: "" }], ["qa 0", ""]],
    ["files that are no rows make none", [{ "qa/rows/readme.txt": "x", "qa/rows/x/y.json": "{}" }], [""]],
  ])("%s", async (_, commits, seen) => expect(await chain(...commits)).toEqual(seen));

  test("rows keep their ids when the folder is moved and a line is added", async () => {
    const scene = new AdoptionScene();
    const text = lines('{"a":1}', '{"a":2}');
    const first = await scene.adopt({ "qa/rows/0.jsonl": text, "qa/dataset.json": facts("qa") });
    const second = await scene.adopt(
      { "b/rows/0.jsonl": lines('{"a":0}') + text, "b/dataset.json": facts("qa") },
      first,
    );
    const ids = async (adopted: typeof first, path: string) => (await scene.rows(adopted, path)).map(([id]) => id);
    expect((await ids(second, "b")).slice(1)).toEqual(await ids(first, "qa"));
  });

  test("other files lie where they lie, beside rows too; what becomes a dataset's is no file", async () => {
    const scene = new AdoptionScene();
    const first = await scene.adopt({
      "qa/rows/readme.txt": "x",
      "qa/dataset.json": "{}",
      run: { mode: 0o100755, text: "y" },
    });
    expect((await scene.plain(first)).files).toEqual(
      new Map([
        ["qa/dataset.json", { mode: 0o100644, text: "{}" }],
        ["qa/rows/readme.txt", { mode: 0o100644, text: "x" }],
        ["run", { mode: 0o100755, text: "y" }],
      ]),
    );
    const second = await scene.adopt(
      { "qa/rows/readme.txt": "x", "qa/dataset.json": "{}", "qa/rows/a.jsonl": rows },
      first,
    );
    expect([...(await scene.plain(second)).files.keys()]).toEqual(["qa/rows/readme.txt"]);
    expect([...(await scene.plain(second)).datasets.keys()]).toEqual(["qa"]);
    const third = await scene.adopt({ "qa/dataset.json": "{}" }, second);
    expect([...(await scene.plain(third)).files.keys()]).toEqual(["qa/dataset.json"]);
  });

  test("metadata are those of dataset.json", async () => {
    const scene = new AdoptionScene();
    const meta = '{"columns":["b","a"],"description":"d","weight":1.0}';
    const first = await scene.adopt({
      "qa/rows/0.jsonl": rows,
      "qa/dataset.json": `\ufeff{"id":"${one}","meta":${meta}}`,
    });
    expect((await scene.plain(first)).datasets.get("qa")).toMatchObject({ id: one, meta: { description: "d" } });
    const second = await scene.adopt({ "qa/rows/0.jsonl": rows, "qa/dataset.json": `{"id":"${one}"}` }, first);
    expect((await scene.plain(second)).datasets.get("qa")?.meta).toEqual({});
  });
});

describe("merges by the host", () => {
  //  base   ours: a line is changed       merged: both
  //       \ theirs: a line is added without id
  test("a line that the other side added has the id that it got there", async () => {
    const scene = new AdoptionScene();
    const text = (...own: string[]) => ({ "qa/rows/0.jsonl": lines(...own), "qa/dataset.json": facts("qa") });
    const base = await scene.adopt(text('{"a":1}', '{"a":2}'));
    const ours = await scene.adopt(text('{"a":7}', '{"a":2}'), base);
    const theirs = await scene.adopt(text('{"a":1}', '{"a":2}', '{"a":5}'), base);
    const edited = await scene.adopt(text('{"a":1}', '{"a":2}', '{"a":6}'), theirs);
    const merged = await scene.adopt(text('{"a":7}', '{"a":2}', '{"a":6}'), ours, edited);
    const id = (await scene.rows(edited, "qa"))[2][0];
    expect(id).toBe((await scene.rows(theirs, "qa"))[2][0]);
    expect((await scene.rows(merged, "qa")).map(([own]) => own)).toEqual([
      ...(await scene.rows(base, "qa")).map(([own]) => own),
      id,
    ]);
  });

  test("a dataset that only the other side has stays what it is there", async () => {
    const scene = new AdoptionScene();
    const base = await scene.adopt({ README: "" });
    const ours = await scene.adopt({ README: "x" }, base);
    const theirs = await scene.adopt({ README: "", "qa/rows/0.jsonl": lines('{"a":1}') }, base);
    const edited = await scene.adopt({ README: "", "qa/rows/0.jsonl": lines('{"a":2}') }, theirs);
    const merged = await scene.adopt({ README: "x", "qa/rows/0.jsonl": lines('{"a":2}') }, ours, edited);
    expect((await scene.plain(merged)).datasets).toEqual((await scene.plain(edited)).datasets);
  });

  test("a squash is read against its one parent", async () => {
    const scene = new AdoptionScene();
    const base = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":1}', '{"a":2}') });
    const side = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":3}', '{"a":2}') }, base);
    const squashed = await scene.adopt({ "qa/rows/0.jsonl": lines('{"a":3}', '{"a":2}') }, base);
    expect(squashed.digest).toEqual(side.digest);
  });
});
