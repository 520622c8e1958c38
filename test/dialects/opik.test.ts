/** Opik's dialect by the requests that its SDKs send: the walk-through of the TypeScript SDK, and the hard points one by one. */
import { expect, test } from "vitest";
import { OpikClient, uuid7 } from "./opik-client.js";

const open = OpikClient.open;

test("the walk of the TypeScript SDK: made, filled, read, changed, deleted", async () => {
  const opik = await open();
  expect((await opik.post("/datasets/retrieve", { dataset_name: "ds1", project_name: "p1" })).status).toBe(404);
  const id = uuid7();
  const made = await opik.post("/datasets", { name: "ds1", description: "desc", id, project_name: "p1" });
  expect([made.status, made.text]).toEqual([201, ""]);
  expect(made.headers.get("location")).toMatch(new RegExp(`/opik/api/v1/private/datasets/${id}$`));
  expect(await opik.stream({ dataset_name: "ds1", project_name: "p1" })).toEqual([]);
  const ids = [uuid7(), uuid7(), uuid7()];
  const items = ids.map((item, i) => ({ id: item, source: "sdk", data: { i, n: null, deep: { a: [1.5, "é"] } } }));
  const put = await opik.put("/datasets/items", { dataset_id: id, items, batch_group_id: uuid7(), project_name: "p1" });
  expect([put.status, put.text]).toEqual([204, ""]);
  const lines = await opik.stream({ dataset_name: "ds1", project_name: "p1", steam_limit: 2000 });
  expect(lines.map(line => line["id"])).toEqual(ids.toReversed());
  expect(lines[2]).toMatchObject({ dataset_item_id: ids[0], source: "sdk", data: { i: 0, n: null }, tags: [] });
  const behind = await opik.stream({ dataset_name: "ds1", steam_limit: 1, last_retrieved_id: ids[2] });
  expect(behind.map(line => line["id"])).toEqual([ids[1]]);
  const changed = { id: ids[1], source: "sdk", data: { i: 10 } };
  await opik.put("/datasets/items", { dataset_id: id, items: [changed], batch_group_id: uuid7() });
  await opik.post("/datasets/items/delete", { item_ids: [ids[0]], batch_group_id: uuid7() });
  expect(await opik.versions(id)).toMatchObject([
    { version_name: "v3", items_total: 2, items_deleted: 1, is_latest: true, tags: ["latest"] },
    { version_name: "v2", items_total: 3, items_modified: 1, is_latest: false, tags: [] },
    { version_name: "v1", items_total: 3, items_added: 3, change_description: "Auto-created from SDK batch operation" },
  ]);
  expect(await opik.dataset("ds1")).toMatchObject({ id, name: "ds1", description: "desc", dataset_items_count: 2 });
  const v1 = (await opik.post(`/datasets/${id}/versions/retrieve`, { version_name: "v1" })).body as {
    version_hash: string;
  };
  const old = await opik.stream({ dataset_name: "ds1", dataset_version: v1.version_hash });
  expect(old.map(line => (line["data"] as { i: number }).i)).toEqual([2, 1, 0]);
  expect((await opik.post(`/datasets/${id}/versions/retrieve`, { version_name: "v99" })).status).toBe(404);
  expect((await opik.post("/datasets/delete-batch", { ids: [id] })).status).toBe(204);
  expect((await opik.post("/datasets/retrieve", { dataset_name: "ds1" })).status).toBe(404);
});
