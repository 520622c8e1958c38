/**
 * Merges from the command line: field by field, and conflicts as data.
 *
 *     main   first ── ours ── merge
 *                 \         /
 *     side         ── theirs
 */
import { expect, test } from "vitest";
import { smallRepository, type Shell } from "./shell.js";

/** Makes the picture above: one patch on main, one on side, both on the first commit. */
async function apart(ours: object[], theirs: object[]): Promise<Shell> {
  const shell = await smallRepository();
  await shell.sheaf("branch", "side");
  expect((await shell.run(["patch", "qa", "-"], { stdin: JSON.stringify(ours) })).code).toBe(0);
  expect((await shell.run(["patch", "qa", "-", "--branch", "side"], { stdin: JSON.stringify(theirs) })).code).toBe(0);
  return shell;
}

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const answer = (value: string) => replace("/items/q1/answer", value);

test("fields that only one side changed are merged, in one row too", async () => {
  const shell = await apart([answer("four")], [replace("/items/q1/question", "2+2?")]);
  expect(await shell.json("merge", "side")).toEqual([{ commit: expect.stringMatching(/^bafyrei/) }]);
  expect((await shell.json("get", "qa", "q1"))[0]).toMatchObject({ answer: "four", question: "2+2?" });
  expect((await shell.json("log"))[0].parents).toHaveLength(2);
});

test("a conflict ends with 1, is printed as data, moves nothing and is kept", async () => {
  const shell = await apart([answer("four")], [answer("IV")]);
  const before = await shell.json("branch");
  const { code, out } = await shell.run(["merge", "side", "--json"]);
  expect([code, JSON.parse(out)]).toEqual([
    1,
    { conflicts: [{ dataset: "qa", id: "q1", pointer: "/answer", base: "4", ours: "four", theirs: "IV" }] },
  ]);
  expect(await shell.json("branch")).toEqual(before);
  expect(await shell.json("conflicts")).toEqual([
    expect.objectContaining({ id: "q1", pointer: "/answer", resolved: false }),
  ]);
  expect((await shell.json("status"))[0].merging).toMatchObject({ conflicts: 1, unresolved: 1 });
});

test("resolve and --continue finish a merge", async () => {
  const shell = await apart([answer("four")], [answer("IV")]);
  await shell.run(["merge", "side"]);
  expect((await shell.run(["merge", "--continue"])).code).toBe(2);
  expect(await shell.json("resolve", "qa", "q1", "/answer", "--value", '"4.0"')).toEqual([
    { resolved: 1, unresolved: 0 },
  ]);
  await shell.sheaf("merge", "--continue", "-m", "settled");
  expect((await shell.json("get", "qa", "q1"))[0].answer).toBe("4.0");
  expect((await shell.json("log"))[0]).toMatchObject({
    message: "settled",
    parents: [expect.anything(), expect.anything()],
  });
  expect(await shell.json("conflicts")).toEqual([]);
});

test("--abort gives a merge up", async () => {
  const shell = await apart([answer("four")], [answer("IV")]);
  const before = await shell.json("branch");
  await shell.run(["merge", "side"]);
  await shell.sheaf("merge", "--abort");
  expect(await shell.json("branch")).toEqual(before);
  expect((await shell.json("status"))[0].merging).toBeUndefined();
});

test.each([
  ["--ours", "four"],
  ["--theirs", "IV"],
])("merge %s decides every conflict", async (side, expected) => {
  const shell = await apart([answer("four")], [answer("IV")]);
  await shell.sheaf("merge", "side", side);
  expect((await shell.json("get", "qa", "q1"))[0].answer).toBe(expected);
});

test("a branch that is only behind moves forward, or gets a merge commit with --no-ff", async () => {
  const shell = await smallRepository();
  await shell.sheaf("branch", "side");
  await shell.run(["patch", "qa", "-", "--branch", "side"], { stdin: JSON.stringify([answer("IV")]) });
  await shell.sheaf("branch", "other");
  await shell.sheaf("merge", "side", "--into", "other");
  expect((await shell.json("log", "other"))[0].parents).toHaveLength(1);
  await shell.sheaf("merge", "side", "--no-ff");
  expect((await shell.json("log"))[0].parents).toHaveLength(2);
});

test("revert takes a commit back and leaves later ones, cherry-pick makes one again", async () => {
  const shell = await smallRepository();
  await shell.run(["patch", "qa", "-", "-m", "a"], { stdin: JSON.stringify([answer("four")]) });
  await shell.run(["patch", "qa", "-", "-m", "b"], { stdin: JSON.stringify([replace("/items/q2/answer", "Lyon")]) });
  const [, a] = await shell.json("log");
  await shell.sheaf("revert", a.commit);
  expect((await shell.json("get", "qa", "q1"))[0].answer).toBe("4");
  expect((await shell.json("get", "qa", "q2"))[0].answer).toBe("Lyon");
  await shell.sheaf("cherry-pick", a.commit);
  expect((await shell.json("get", "qa", "q1"))[0].answer).toBe("four");
});
