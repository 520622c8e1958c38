/** What directories are called in Humanloop's face: the same wherever they go. */
import { beforeEach, expect, test } from "vitest";
import { Client, points, type Json } from "./humanloop.js";

let client: Client;
beforeEach(async () => {
  client = await Client.open();
});

const directories = async () =>
  Object.fromEntries(
    ((await client.ask("GET", "/directories")) as unknown as Json[]).map(({ path, id }) => [path, id]),
  ) as Record<string, string>;

test("a directory that moves keeps its id, and so do those in it; what comes to its old path is another", async () => {
  const { id } = await client.upsert("a/b/one", points(1));
  await client.ask("POST", "/directories", { path: "a/made" }, 201);
  const before = await directories();
  expect(await client.ask("PATCH", `/directories/${before["a"]}`, { path: "x/y" })).toMatchObject({ id: before["a"] });
  const after = await directories();
  expect(after).toEqual({
    "": before[""],
    x: expect.stringMatching(/^dir_/) as string,
    "x/y": before["a"],
    "x/y/b": before["a/b"],
    "x/y/made": before["a/made"],
  });
  expect(await client.get(id)).toMatchObject({ path: "x/y/b/one", directory_id: before["a/b"] });
  expect(await client.ask("GET", `/directories/${before["a/b"]}`)).toMatchObject({
    path: "x/y/b",
    parent_id: before["a"],
    files: [{ id }],
    parents: [{ path: "" }, { path: "x" }, { id: before["a"] }],
  });
  await client.upsert("a/b/two", points(1));
  const again = await directories();
  expect(again).toMatchObject(after);
  expect(new Set(Object.values(again)).size).toBe(7);
  await client.ask("PATCH", `/directories/${before["a"]}`, { path: "z" });
  expect(await directories()).toMatchObject({ z: before["a"], "z/b": before["a/b"], a: again["a"] });
});

test("a path that no dataset could have is refused", async () => {
  await client.ask("POST", "/directories", { path: "x".repeat(1025) }, 422);
  await client.ask("POST", "/directories", { path: "../.." }, 201);
  expect(await client.ask("GET", "/directories/root")).toMatchObject({ subdirectories: [{ path: ".." }] });
});
