/** The hard points of Opik's contract: batch groups, writes in place, order, transport, changes. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { clients, item, ok, uuid7 } from "./opik-client.js";

const { open, towns } = clients();

test("1. calls of one batch group make one version, repeated ones too, and also when newer versions exist", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const [first, second] = [uuid7(), uuid7()];
  const own = await opik.fill(id, 3, first);
  const more = { dataset_id: id, items: [item(uuid7(), { i: 3 })], batch_group_id: first };
  for (let tries = 0; tries < 3; tries++) ok(await opik.put("/datasets/items", more), 204);
  expect(await opik.versions(id)).toMatchObject([{ version_name: "v1", items_total: 4, items_added: 4 }]);
  await opik.fill(id, 2, second);
  const late = item(uuid7(), { late: true });
  ok(await opik.put("/datasets/items", { dataset_id: id, items: [late], batch_group_id: first }), 204);
  expect(await opik.versions(id)).toMatchObject([
    { version_name: "v2", items_total: 7 },
    { version_name: "v1", items_total: 5, items_added: 5 },
  ]);
  const group = uuid7();
  for (const gone of [own[0], own[1], own[0]])
    ok(await opik.post("/datasets/items/delete", { item_ids: [gone], batch_group_id: group }), 204);
  expect((await opik.versions(id))[0]).toMatchObject({ version_name: "v3", items_total: 5, items_deleted: 2 });
  ok(await opik.post("/datasets/items/delete", { item_ids: [uuid7()], batch_group_id: uuid7() }), 204);
  expect(await opik.versions(id)).toHaveLength(3);
  expect((await opik.town.repo.drafts()).length).toBe(0);
});

test("1. twenty calls of one group at once make one version", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const group = uuid7();
  await Promise.all(Array.from({ length: 20 }, () => opik.fill(id, 5, group)));
  expect(await opik.versions(id)).toMatchObject([{ version_name: "v1", items_total: 100 }]);
});

test("1. forty clients at once, and as many writers of another face: all rows are there, a version for each group", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const native = (i: number) =>
    opik.town
      .ask("PUT", `/api/v1/datasets/ds/rows/native-${i}`, { item: { native: i } })
      .then(answer => ok(answer, 200));
  const all = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? opik.fill(id, 3, uuid7()) : native(i)));
  await Promise.all(all);
  expect((await opik.dataset("ds"))["dataset_items_count"]).toBe(80);
  expect((await opik.versions(id)).filter(({ items_added: added }) => added === 3).length).toBe(20);
});

test("2. writes without a group change the newest version in place: id, hash, name and tags stay", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  await opik.fill(id, 1);
  const [before] = await opik.versions(id);
  ok(await opik.post(`/datasets/${id}/versions/hash/${String(before["version_hash"])}/tags`, { tag: "prod" }), 204);
  const [row] = await opik.fill(id, 1);
  const [after, ...others] = await opik.versions(id);
  expect(others).toEqual([]);
  expect(after).toMatchObject({
    ...before,
    items_total: 2,
    items_added: 2,
    tags: ["latest", "prod"],
    last_updated_at: expect.any(String) as string,
  });
  ok(await opik.post("/datasets/items/delete", { item_ids: [row] }), 204);
  expect((await opik.versions(id))[0]).toMatchObject({ id: before["id"], items_total: 1, tags: ["latest", "prod"] });
});

test("3. items are listed by id, descending, with a strict cursor, whatever order they came in and whether its item is there", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const ids = Array.from({ length: 9 }, uuid7);
  const put = (which: readonly number[]) =>
    opik.put("/datasets/items", { dataset_id: id, items: which.map(i => item(ids[i], { i })) });
  for (const which of [[4], [8, 2], [0, 7], [3], [6, 5], [1]]) ok(await put(which), 204);
  expect(await opik.ids("ds")).toEqual(ids.toReversed());
  ok(await opik.post("/datasets/items/delete", { item_ids: [ids[5]] }), 204);
  expect(await opik.ids("ds", { last_retrieved_id: ids[5], steam_limit: 2 })).toEqual([ids[4], ids[3]]);
  expect(await opik.ids("ds", { last_retrieved_id: ids[0] })).toEqual([]);
  const nobody = await opik.post("/datasets/items/stream", { dataset_name: "nobody" });
  expect([nobody.status, nobody.text]).toEqual([200, ""]);
  expect(await opik.ids("ds", { dataset_version: "nothing" })).toEqual([]);
  expect((await opik.post("/datasets/items/stream", { dataset_name: "ds", steam_limit: 2001 })).status).toBe(422);
  expect((await opik.post("/datasets/items/stream", { dataset_name: "ds", filters: "[{]" })).status).toBe(400);
});

test("4. gzipped bodies, an empty Authorization, a raw key, and a ping with and without the prefix", async () => {
  const { town } = await open();
  const body = new Uint8Array(gzipSync(JSON.stringify({ name: "zipped" })));
  const headers = { "content-type": "application/json;charset=utf-8", "content-encoding": "gzip", authorization: "" };
  expect((await town.ask("POST", "/opik/api/v1/private/datasets", body, headers)).status).toBe(201);
  for (const root of ["/opik/api", "/opik", "/api", ""]) {
    expect((await town.ask("GET", `${root}/is-alive/ping`)).body).toMatchObject({ healthy: true });
    const found = await town.ask("POST", `${root}/v1/private/datasets/retrieve`, { dataset_name: "zipped" });
    expect([root, found.status]).toEqual([root, 200]);
  }
  const raw = { authorization: "some-key", "comet-workspace": "default" };
  expect((await town.ask("POST", "/opik/api/v1/private/auth", {}, raw)).status).toBe(204);
});

test("5. changes: one version on the latest base; stale 409; override drops what came between; added items get new ids", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const [a, b] = await opik.fill(id, 2, uuid7());
  const change = (body: object, query = "") => opik.post(`/datasets/${id}/items/changes${query}`, body);
  const base = (await opik.versions(id))[0]["id"];
  const given = uuid7();
  const made = await change({
    base_version: base,
    added_items: [item(given, { new: 1 })],
    edited_items: [{ id: a, data: { i: "edited" }, tags: ["x"] }],
    deleted_ids: [b, uuid7()],
    change_description: "by hand",
    tags: ["rc"],
    metadata: { by: "me" },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    version_name: "v2",
    items_total: 2,
    items_added: 1,
    items_modified: 1,
    items_deleted: 1,
    change_description: "by hand",
    tags: ["latest", "rc"],
    metadata: { by: "me" },
  });
  expect(made.headers.get("location")).toBe(`/v1/private/datasets/${id}/versions/${(made.body as { id: string }).id}`);
  const lines = await opik.stream({ dataset_name: "ds" });
  expect(lines).toMatchObject([{ data: { new: 1 } }, { id: a, data: { i: "edited" }, tags: ["x"] }]);
  expect(lines[0]["id"]).not.toBe(given);
  expect((await change({ base_version: base, deleted_ids: [a] })).status).toBe(409);
  expect((await change({ base_version: uuid7() })).status).toBe(404);
  expect((await change({ deleted_ids: [a] })).status).toBe(400);
  expect((await change({ base_version: (made.body as { id: string }).id, tags: ["RC"] })).status).toBe(409);
  const forced = await change({ base_version: base, edited_items: [{ id: b, data: { i: "kept" } }] }, "?override=true");
  expect(forced.body).toMatchObject({
    version_name: "v3",
    items_total: 2,
    items_added: 0,
    items_modified: 1,
    items_deleted: 0,
  });
  expect(await opik.stream({ dataset_name: "ds" })).toMatchObject([
    { id: b, data: { i: "kept" } },
    { id: a, data: { i: 0 } },
  ]);
  const latest = (forced.body as { id: string }).id;
  expect((await change({ base_version: latest, edited_items: [{ id: uuid7(), data: { x: 1 } }] })).status).toBe(404);
  expect((await change({ base_version: latest })).body).toMatchObject({ version_name: "v4", items_modified: 0 });
});

test("5. a first version is made empty, with defaults that later ones take over and may clear", async () => {
  const opik = await open();
  const id = await opik.create("suite", { type: "evaluation_suite" });
  const change = (body: object, query = "?override=true") => opik.post(`/datasets/${id}/items/changes${query}`, body);
  const evaluators = [{ name: "judge", type: "llm_judge", config: { camelCase: [1.0, null], weight: 2.5 } }];
  const policy = { runs_per_item: 3, pass_threshold: 2 };
  expect((await change({ added_items: [item(uuid7(), { a: 1 })] })).status).toBe(400);
  expect((await change({ evaluators, execution_policy: policy })).body).toMatchObject({
    version_name: "v1",
    items_total: 0,
    evaluators,
    execution_policy: policy,
  });
  await opik.fill(id, 1, uuid7());
  const [v2] = await opik.versions(id);
  expect(v2).toMatchObject({ version_name: "v2", evaluators, execution_policy: policy });
  const cleared = await change({ base_version: v2["id"], evaluators: [], clear_execution_policy: true }, "");
  expect(cleared.body).not.toHaveProperty("evaluators");
  expect(cleared.body).not.toHaveProperty("execution_policy");
  const bad = {
    base_version: (cleared.body as { id: string }).id,
    execution_policy: { runs_per_item: 1, pass_threshold: 2 },
  };
  expect((await change(bad, "")).status).toBe(422);
});

test("a version takes over the rows of another dataset's: the same ids, in their order, in place of its own", async () => {
  const opik = await open();
  const [from, to] = [await opik.create("from"), await opik.create("to")];
  const ids = await opik.fill(from, 4, uuid7());
  ok(await opik.post("/datasets/items/delete", { item_ids: [ids[1]], batch_group_id: uuid7() }), 204);
  const tagged = { ids: [ids[2]], update: { data: { i: "new" }, tags: ["x"] } };
  ok(await opik.patch("/datasets/items/batch", tagged), 204);
  const [v3, , v1] = (await opik.versions(from)) as { id: string }[];
  const [own] = await opik.fill(to, 1, uuid7());
  const rows = async (name: string) =>
    (await opik.stream({ dataset_name: name })).map(({ id, data, tags }) => ({ id, data, tags }));
  const put = (version: string, items: object[], more: object = {}) =>
    opik.put("/datasets/items", {
      dataset_id: to,
      items,
      batch_group_id: uuid7(),
      copy_from_dataset_id: from,
      copy_from_version_id: version,
      ...more,
    });
  const late = item(uuid7(), { late: true });
  ok(await put(v1.id, [late, item(ids[0], { i: "put" })]), 204);
  expect(await opik.ids("to")).toEqual([late.id, ...ids.toReversed()]);
  expect((await opik.versions(to))[0]).toMatchObject({ items_added: 5, items_deleted: 1, items_total: 5 });
  expect((await rows("to")).at(-1)).toMatchObject({ data: { i: "put" } });
  const [{ id: base_version }] = (await opik.versions(to)) as { id: string }[];
  const change = (more: object) => opik.post(`/datasets/${to}/items/changes`, { base_version, ...more });
  const copied = { copy_from_dataset_id: from, copy_from_version_id: v3.id };
  ok(await change({ ...copied, change_description: "over" }), 201);
  expect(await rows("to")).toEqual(await rows("from"));
  expect((await opik.versions(to))[0]).toMatchObject({
    version_name: "v3",
    change_description: "over",
    items_deleted: 2,
  });
  expect(await opik.ids("to")).not.toContain(own);
  expect((await change({ copy_from_dataset_id: from })).status).toBe(422);
  expect((await put(uuid7(), [late])).status).toBe(404);
  expect((await put(v1.id, [late], { copy_from_dataset_id: uuid7() })).status).toBe(404);
  expect(await opik.versions(to)).toHaveLength(3);
});

test("the operations that were used", () => expectExercised("opik", "recorded exchanges: hard points 1 to 5", towns));
