/** Looking at data and at history: the shapes that programs read. */
import { expect, test } from "vitest";
import { smallRepository } from "./shell.js";

const cid = expect.stringMatching(/^bafyrei[a-z2-7]{52}$/);

test("get prints the item exactly, or its CID", async () => {
  const shell = await smallRepository();
  expect(await shell.sheaf("get", "qa", "q1", "--json")).toBe(
    '{"answer":"4","id":"q1","question":"What is 2+2?","score":1.0}\n',
  );
  expect(await shell.sheaf("get", "qa", "q1", "--cid")).toMatch(/^bafyrei[a-z2-7]{52}\n$/);
  expect((await shell.run(["get", "qa", "nobody"])).code).toBe(3);
});

test("attributes are shown beside the item, exactly", async () => {
  const shell = await smallRepository();
  await shell.run(["patch", "qa", "-"], { stdin: '[{"op":"add","path":"/items/q1/@meta","value":{"w":1.0}}]' });
  expect(await shell.sheaf("get", "qa", "q1", "--meta")).toBe('{"w":1.0}\n');
  expect(await shell.sheaf("get", "qa", "q2", "--meta")).toBe("null\n");
  expect(await shell.sheaf("rows", "qa", "--limit", "1")).toMatch(/"score":1\.0},"meta":{"w":1\.0}}\n$/);
  expect(await shell.sheaf("get", "qa", "q1")).not.toContain("@meta");
});

test("rows pages through the rows, from either end, as JSON lines with exact numbers", async () => {
  const shell = await smallRepository();
  const ids = async (...args: string[]) => (await shell.json("rows", "qa", ...args)).map(row => row.id);
  expect(await ids()).toEqual(["q1", "q2", "q3"]);
  expect(await ids("--offset", "1", "--limit", "1")).toEqual(["q2"]);
  expect(await ids("--reverse")).toEqual(["q3", "q2", "q1"]);
  expect(await shell.sheaf("rows", "qa", "--offset", "2")).toContain('"score":12345678901234567890');
});

test("log prints a commit a line, newest first", async () => {
  const shell = await smallRepository();
  await shell.run(["patch", "qa", "-", "-m", "second"], { stdin: '[{"op":"remove","path":"/items/q2"}]' });
  const log = await shell.json("log");
  expect(log.map(commit => commit.message)).toEqual(["second", "first"]);
  expect(log[0]).toMatchObject({
    commit: cid,
    parents: [log[1].commit],
    author: { name: "Ada", email: "ada@example.org" },
  });
  expect(await shell.json("log", "--dataset", "qa", "--id", "q2")).toHaveLength(2);
  expect(await shell.json("log", "--dataset", "qa", "--id", "q1")).toHaveLength(1);
});

test("diff counts per dataset, and shows each change with its fields", async () => {
  const shell = await smallRepository();
  const patch = [
    { op: "replace", path: "/items/q1/answer", value: "four" },
    { op: "remove", path: "/items/q2" },
    { op: "add", path: "/items/q9", value: { answer: "new" } },
  ];
  await shell.run(["patch", "qa", "-"], { stdin: JSON.stringify(patch) });
  expect(await shell.json("diff", "--stat")).toEqual([{ qa: { added: 1, removed: 1, changed: 1, moved: 0 } }]);
  const differences = await shell.json("diff", "HEAD~1", "HEAD");
  expect(differences.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(["added q9", "changed q1", "removed q2"]);
  const text = await shell.sheaf("diff", "HEAD~1");
  expect(text).toContain('~ q1\n    /answer  "4" → "four"');
  expect((await shell.run(["diff", "HEAD~1", "--exit-code"])).code).toBe(1);
  expect((await shell.run(["diff", "HEAD", "HEAD", "--exit-code"])).code).toBe(0);
});

test("diff --patch is a JSON Patch that patch takes", async () => {
  const shell = await smallRepository();
  await shell.sheaf("branch", "copy");
  await shell.run(["patch", "qa", "-"], {
    stdin: '[{"op":"add","path":"/items/q1/n","value":2.0},{"op":"remove","path":"/items/q3"}]',
  });
  const patch = await shell.sheaf("diff", "copy", "main", "--patch");
  await shell.run(["patch", "qa", "-", "--branch", "copy"], { stdin: patch });
  expect(await shell.json("diff", "--stat", "copy", "main")).toEqual([{}]);
});

test("show prints the commit and what it changed, the first one too", async () => {
  const shell = await smallRepository();
  expect(await shell.json("show")).toEqual([
    expect.objectContaining({ message: "first" }),
    { kind: "dataset-added", dataset: "qa", count: 3 },
  ]);
});

test("blame names the commit of each row", async () => {
  const shell = await smallRepository();
  await shell.run(["patch", "qa", "-"], { stdin: '[{"op":"replace","path":"/items/q1/answer","value":"four"}]' });
  const [newest, oldest] = await shell.json("log");
  const blame = new Map((await shell.json("blame", "qa")).map(row => [row.id, row]));
  expect(blame.get("q1")).toMatchObject({ created: oldest.commit, changed: newest.commit });
  expect(blame.get("q2")).toMatchObject({ created: oldest.commit, changed: oldest.commit });
});

test("blame names the commit of each field of a row", async () => {
  const shell = await smallRepository();
  await shell.run(["patch", "qa", "-"], { stdin: '[{"op":"replace","path":"/items/q1/answer","value":"four"}]' });
  const [newest, oldest] = await shell.json("log");
  const fields = new Map((await shell.json("blame", "qa", "q1")).map(field => [field.pointer, field.commit]));
  expect([fields.get("/answer"), fields.get("/question")]).toEqual([newest.commit, oldest.commit]);
});
