/** Repositories that work together from the command line, each in a folder. */
import { expect, test } from "vitest";
import { smallRepository, type Shell } from "./shell.js";

/** A repository, and one more beside it that was made empty for others to push to. */
async function two(): Promise<{ ada: Shell; middle: string }> {
  const ada = await smallRepository();
  await ada.sheaf("init", "middle");
  await ada.sheaf("remote", "add", "origin", "middle");
  await ada.sheaf("push", "-u", "origin", "main");
  return { ada, middle: "middle" };
}

test("push, clone, edit on both sides, pull and push again", async () => {
  const { ada, middle } = await two();
  await ada.sheaf("clone", middle, "bob");
  expect((await ada.json("-C", "bob", "status"))[0]).toMatchObject({
    upstream: { remote: "origin", branch: "main", ahead: 0, behind: 0 },
  });
  const patch = (value: string) => ({
    stdin: JSON.stringify([{ op: "replace", path: "/items/q1/answer", value }]),
  });
  await ada.run(["patch", "qa", "-"], patch("ada"));
  await ada.run(["-C", "bob", "patch", "qa", "-"], patch("bob"));
  await ada.sheaf("push");
  expect(await ada.run(["-C", "bob", "push"])).toMatchObject({ code: 4, out: expect.stringContaining("sheaf pull") });
  expect((await ada.run(["-C", "bob", "pull"])).code).toBe(1);
  expect(await ada.sheaf("-C", "bob", "status")).toContain("1 commit ahead of and 1 behind origin/main");
  await ada.sheaf("-C", "bob", "resolve", "--theirs", "--all");
  await ada.sheaf("-C", "bob", "merge", "--continue");
  await ada.sheaf("-C", "bob", "push");
  await ada.sheaf("pull");
  expect(await ada.json("log")).toEqual(await ada.json("-C", "bob", "log"));
  expect((await ada.run(["-C", "bob", "push"])).err).toContain("everything up to date");
});
