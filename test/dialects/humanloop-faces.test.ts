/** One dataset through Humanloop's face and others: what is shown of rows that came otherwise, and what stays of them. */
import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { Client, point, points, type Json } from "./humanloop.js";

let client: Client;
beforeEach(async () => {
  client = await Client.open();
});

/** Puts rows into a dataset by the native API, with what is known of them beside. */
async function put(path: string, rows: Record<string, [item: Json, meta?: Json]>): Promise<void> {
  const { repo } = client.town;
  await repo.createDataset(path).catch(() => undefined);
  for (const [id, [item, meta]] of Object.entries(rows))
    await repo.dataset(path).insert(item, { id, ...(meta ? { meta } : {}) });
}

const idOf = async (path: string) => (await client.ask("POST", "/files/retrieve-by-path", { path }))["id"] as string;

describe("rows that came otherwise", () => {
  test("show their fields as inputs, and target and messages where they have those types", async () => {
    const messages = [{ role: "user", content: "Hi" }];
    await put("qa", {
      a: [{ input: "q", expected: 4 }],
      b: [{ q: 1, target: { a: 1 }, messages }],
      c: [{ q: 2, target: "four", messages: "none" }],
      d: [{ inputs: { q: 3 }, target: { a: 2 }, messages }, { tags: ["kept"] }],
      e: [{ inputs: { q: 4 }, note: "other keys" }],
    });
    const id = await idOf("qa");
    expect((await client.datapoints(id)).map(({ id: _, ...rest }) => rest)).toEqual([
      { inputs: { input: "q", expected: 4 }, target: null, messages: null },
      { inputs: { q: 1 }, target: { a: 1 }, messages },
      { inputs: { q: 2, target: "four", messages: "none" }, target: null, messages: null },
      { inputs: { q: 3 }, target: { a: 2 }, messages },
      { inputs: { inputs: { q: 4 }, note: "other keys" }, target: null, messages: null },
    ]);
  });

  test("stay as they are, with ids and attributes, when they are added, set, moved; and are removed by content", async () => {
    const { repo } = client.town;
    await put("qa", {
      a: [{ q: 1 }, { tags: ["gold"] }],
      b: [{ q: 2, target: { a: 2 } }, { source: "sdk" }],
      c: [{ q: 3 }],
    });
    const before = await repo.dataset("qa").get("b");
    const [one, two, three] = [{ inputs: { q: 1 } }, { inputs: { q: 2 }, target: { a: 2 } }, { inputs: { q: 3 } }];
    await client.upsert("qa", [one, two], { action: "add" });
    expect(await client.versions(await idOf("qa"))).toHaveLength(4);
    await client.upsert("qa", [point(9), two, one]);
    const rows = [];
    for await (const { id, item, meta } of repo.dataset("qa").rows())
      rows.push([id.slice(0, 1) === "b" ? id : "", item, meta]);
    expect(rows).toEqual([
      ["", point(9), undefined],
      ["b", before?.item, { source: "sdk" }],
      ["", { q: 1 }, { tags: ["gold"] }],
    ]);
    await client.upsert("qa", [two, three], { action: "remove" });
    expect((await repo.dataset("qa").get("b"))?.id).toBeUndefined();
    expect((await repo.dataset("qa").get("a"))?.meta).toEqual({ tags: ["gold"] });
  });

  test("that are equal are one datapoint, in counts, pages and ids; removed, all of them go", async () => {
    await put("qa", {
      a: [{ q: 1 }],
      b: [{ inputs: { q: 1 } }],
      c: [{ q: 2 }],
      d: [{ q: 1 }, { tags: ["x"] }],
      e: [{ q: 3 }],
    });
    const id = await idOf("qa");
    const shown = async (query = "") => (await client.datapoints(id, query)).map(one => (one["inputs"] as Json)["q"]);
    expect(await client.get(id)).toMatchObject({ datapoints_count: 3 });
    expect(await shown()).toEqual([1, 2, 3]);
    expect([await shown("?size=2"), await shown("?size=2&page=2"), await shown("?size=2&page=3")]).toEqual([
      [1, 2],
      [3],
      [],
    ]);
    const same = await client.upsert("qa", [{ inputs: { q: 3 } }, { inputs: { q: 2 } }, { inputs: { q: 1 } }]);
    expect(same.version_id).toBe((await client.get(id)).version_id);
    await client.upsert("qa", [{ inputs: { q: 1 } }], { action: "remove" });
    expect((await client.town.repo.dataset("qa").info()).count).toBe(2);
  });
});

test("versions that others made are versions here; what they set back is the version that it was", async () => {
  const { repo } = client.town;
  const first = await client.upsert("qa", points(1));
  await repo.dataset("qa").insert(point(2));
  const second = await client.get(first.id);
  expect(second).toMatchObject({ datapoints_count: 2, status: "uncommitted" });
  await repo.restore("qa", "HEAD~1");
  expect((await client.get(first.id)).version_id).toBe(first.version_id);
  expect((await client.versions(first.id)).map(one => one.version_id)).toEqual([first.version_id, second.version_id]);
  expect(await client.upsert("qa", [], { action: "add" })).toMatchObject({ version_id: first.version_id });
  await repo.dataset("qa").patch([{ op: "add", path: "/meta/description", value: "About sums" }]);
  expect(await client.get(first.id)).toMatchObject({ version_id: first.version_id, description: "About sums" });
  await repo.setEnvironment("qa", "canary", "HEAD~2");
  expect(await client.get(first.id, "?environment=canary")).toMatchObject({ version_id: second.version_id });
});

test("of versions that hold the same in other rows, each row of the newest one is shown", async () => {
  const { repo } = client.town;
  await put("qa", { a: [point(1)], b: [point(1)], c: [point(2)] });
  const id = await idOf("qa");
  expect(await client.answers(id)).toEqual([1, 2]);
  await repo.dataset("qa").patch([{ op: "remove", path: "/items/b" }]);
  expect(await client.answers(id)).toEqual([1, 2]);
});

test("what is added to an older version shows each datapoint once, though the newest one has equal rows elsewhere", async () => {
  const { repo } = client.town;
  await put("qa", { a: [point(1)], b: [point(2)] });
  const id = await idOf("qa");
  const { version_id: old } = await client.get(id);
  await put("qa", { x: [point(10)], y: [point(11)], again: [point(1)] });
  await repo.dataset("qa").patch(["b", "x", "y"].map(row => ({ op: "remove", path: `/items/${row}` })));
  expect(await client.answers(id)).toEqual([1]);
  await client.upsert("qa", points(3), { action: "add" }, `?version_id=${old}`);
  expect(await client.answers(id)).toEqual([1, 2, 3]);
});

test("a clone shows the same ids, names and versions", async () => {
  const made = await client.upsert("qa", points(1, 2), { version_name: "v1" });
  await client.upsert("qa", points(3), { action: "add" });
  const again = await client.upsert("qa", points(1, 2), { version_name: "v1" });
  expect(again.version_id).toBe(made.version_id);
  const other = await Client.open();
  const parts: Uint8Array[] = [];
  for await (const part of client.town.repo.bundle()) parts.push(part);
  await other.town.repo.unbundle(() => Readable.from([Buffer.concat(parts)]), "bundle");
  await other.town.repo.merge("bundle/main");
  expect((await other.versions(made.id)).map(one => [one.version_id, one["version_name"]])).toEqual(
    (await client.versions(made.id)).map(one => [one.version_id, one["version_name"]]),
  );
});

describe("many at once", () => {
  test("of sixty that add at once, natively and here, every datapoint is there in the end", async () => {
    await client.upsert("qa", []);
    const { repo } = client.town;
    const asked = Array.from({ length: 60 }, (_, n) =>
      n % 4 === 0
        ? client.town.ask("POST", "/api/v1/datasets/qa/rows", { item: point(n) }).then(({ status }) => status)
        : client.town
            .ask("POST", "/v5/datasets", { path: "qa", datapoints: points(n), action: "add" })
            .then(({ status }) => status),
    );
    const statuses = await Promise.all(asked);
    expect(statuses.filter(status => status >= 300)).toEqual([]);
    const { id } = await client.upsert("qa", [], { action: "add" });
    const answers = await client.answers(id, "?size=1000");
    expect((answers as number[]).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(await findings(repo)).toEqual([]);
  });

  test("of twenty that make one dataset at once, all their datapoints are in it", async () => {
    const asked = Array.from({ length: 20 }, (_, n) => client.upsert("new", points(n, 100), { action: "add" }));
    const ids = new Set((await Promise.all(asked)).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(await client.answers([...ids][0])).toHaveLength(21);
  });
});
