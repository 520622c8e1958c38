/** Opik's lists, filters and edits alike, and datasets that other faces wrote. */
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { clients, item, ok, uuid7 } from "./opik-client.js";

const { open, towns } = clients();

test("10. both spellings where the published names are not those on the wire", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  await opik.fill(id, 2);
  expect((await opik.get("/datasets")).body).toMatchObject({
    sortable_by: expect.any(Array) as [],
    sortableBy: expect.any(Array) as [],
  });
  const { body } = await opik.get(`/datasets/${id}/versions/diff`);
  expect(body).toEqual({
    from_version: "latest",
    to_version: "draft",
    statistics: expect.objectContaining({
      items_added: 0,
      itemsAdded: 0,
      items_unchanged: 2,
      itemsUnchanged: 2,
    }) as object,
  });
});

test("a column that an SDK takes for a word of its own stands under another name there, and comes back as it was", async () => {
  const { town } = await open();
  const qa = town.repo.dataset("qa");
  await qa.import([{ id: "q1", source: "web", description: null, n: 1 }], { key: "id" });
  const [python, javascript] = [{ "x-fern-language": "Python" }, { "x-fern-language": "JavaScript" }];
  const root = "/opik/api/v1/private/datasets";
  const read = async (headers: Record<string, string>) => {
    const { text } = await town.ask("POST", `${root}/items/stream`, { dataset_name: "qa" }, headers);
    return JSON.parse(text) as { id: string; data: object };
  };
  expect((await read({})).data).toEqual({ id: "q1", source: "web", description: null, n: 1 });
  const [plain, changed] = [await read(javascript), await read(python)];
  expect(plain.data).toEqual({ "@id": "q1", source: "web", description: null, n: 1 });
  expect(changed.data).toEqual({ "@id": "q1", "@source": "web", "@description": null, n: 1 });
  const items = [{ id: changed.id, source: "sdk", data: { ...changed.data, n: 2 } }];
  ok(await town.ask("PUT", `${root}/items`, { dataset_name: "qa", items, batch_group_id: uuid7() }, python), 204);
  expect((await qa.get("q1"))?.item).toEqual({ id: "q1", source: "web", description: null, n: 2 });
  const data = { "@id": "q1", "@source": "not its word", n: 3 };
  ok(await town.ask("PATCH", `${root}/items/${plain.id}`, { data }, javascript), 204);
  expect((await qa.get("q1"))?.item).toEqual({ id: "q1", "@source": "not its word", n: 3 });
});

test("lists of datasets: by name, project, filters, sorted, page by page", async () => {
  const opik = await open();
  for (const name of ["alpha", "beta", "Gamma_1", "delta"])
    await opik.create(name, name === "beta" ? { project_name: "p1" } : {});
  const names = async (query: string) => {
    const { body } = ok(await opik.get(`/datasets?${query}`), 200);
    return (body as { content: { name: string }[] }).content.map(({ name }) => name);
  };
  expect(await names("")).toEqual(["delta", "Gamma_1", "beta", "alpha"]);
  expect(await names("size=2&page=2")).toEqual(["beta", "alpha"]);
  expect(await names("page=9")).toEqual([]);
  expect(await names("name=A_A")).toEqual([]);
  expect(await names("name=g_mm")).toEqual(["Gamma_1"]);
  expect(await names('sorting=[{"field":"name"}]')).toEqual(["alpha", "beta", "delta", "Gamma_1"]);
  expect(
    await names(`filters=${encodeURIComponent('[{"field":"name","operator":"ends_with","value":"TA"}]')}`),
  ).toEqual(["delta", "beta"]);
  const project = (ok(await opik.post("/projects/retrieve", { name: "p1" }), 200).body as { id: string }).id;
  expect(await names(`project_id=${project}`)).toEqual(["beta"]);
  expect((await opik.get(`/projects/${project}/datasets`)).body).toMatchObject({ total: 1 });
  expect((await opik.post("/projects/retrieve", { name: "nobody" })).status).toBe(404);
  expect((await opik.post("/projects", { name: "P1" })).status).toBe(409);
  expect((await opik.post("/projects", { name: "p2" })).status).toBe(201);
  expect((await opik.get("/projects")).body).toMatchObject({
    content: [{ name: "Default Project" }, { name: "p1" }, { name: "p2" }],
  });
  expect((await opik.get("/auth/workspace")).body).toEqual({ workspace_name: "default" });
  const elsewhere = await opik.post("/datasets/retrieve", { dataset_name: "alpha", project_name: "p1" });
  expect([elsewhere.status, elsewhere.headers.has("x-opik-deprecation")]).toEqual([200, true]);
});

test("items by page, filters, columns; patched, changed alike, deleted by filters", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const ids = Array.from({ length: 5 }, uuid7);
  const items = ids.map((one, i) => ({
    ...item(one, { i, kind: i % 2 ? "Odd" : "even", o: { a: 1 } }),
    tags: i > 2 ? ["big"] : [],
  }));
  ok(await opik.put("/datasets/items", { dataset_id: id, items, batch_group_id: uuid7() }), 204);
  const page = (await opik.get(`/datasets/${id}/items?size=2&page=2`)).body as { content: object[]; columns: object[] };
  expect(page).toMatchObject({ page: 2, size: 2, total: 5, content: [{ data: { i: 2 } }, { data: { i: 1 } }] });
  expect(page.content[0]).toMatchObject({
    dataset_id: id,
    created_at: expect.stringMatching(/Z$/) as string,
    created_by: "Server",
  });
  expect(page.columns).toContainEqual({
    name: "kind",
    types: ["string"],
    filter_field_prefix: "data",
    filterField: "data.kind",
  });
  const found = async (filters: object[]) =>
    (await opik.stream({ dataset_name: "ds", filters: JSON.stringify(filters) })).map(
      line => (line["data"] as { i: number }).i,
    );
  expect(await found([{ field: "data", key: "kind", operator: "=", value: "odd" }])).toEqual([3, 1]);
  expect(await found([{ field: "tags", operator: "contains", value: "BIG", key: "", type: "list" }])).toEqual([4, 3]);
  expect(await found([{ field: "data", key: "i", operator: ">", value: "2" }])).toEqual([4, 3]);
  expect(await found([{ field: "data", key: "none", operator: "!=", value: "x" }])).toHaveLength(5);
  expect(await found([{ field: "created_at", operator: ">", value: "2020-01-01T00:00:00Z" }])).toHaveLength(5);
  for (const bad of [
    { field: "x", operator: "=", value: "1" },
    { field: "tags", operator: ">", value: "1" },
    { field: "id", operator: "=", value: " " },
  ])
    expect(
      (await opik.post("/datasets/items/stream", { dataset_name: "ds", filters: JSON.stringify([bad]) })).status,
    ).toBe(400);
  ok(await opik.patch(`/datasets/items/${ids[0]}`, { data: { i: "patched" }, tags: ["p"] }), 204);
  expect((await opik.get(`/datasets/items/${ids[0]}`)).body).toMatchObject({ data: { i: "patched" }, tags: ["p"] });
  expect((await opik.patch(`/datasets/items/${uuid7()}`, { data: { a: 1 } })).status).toBe(404);
  const evaluators = [{ name: "e", type: "code_metric", config: {} }];
  ok(
    await opik.patch("/datasets/items/batch", { ids: ids.slice(1, 3), update: { evaluators, tags_to_add: ["x"] } }),
    204,
  );
  const odd = [{ field: "data", key: "kind", operator: "=", value: "odd" }];
  ok(await opik.patch("/datasets/items/batch", { filters: odd, dataset_id: id, update: { tags: ["odd"] } }), 204);
  expect((await opik.get(`/datasets/items/${ids[1]}`)).body).toMatchObject({ tags: ["x", "odd"], evaluators });
  expect((await opik.get(`/datasets/items/${ids[3]}`)).body).toMatchObject({ tags: ["big", "odd"] });
  expect(await opik.versions(id)).toMatchObject([
    { change_description: "Updated 2 items by filters", items_modified: 2 },
    { change_description: "Updated 2 items" },
    { change_description: "Updated 1 item" },
    {},
  ]);
  expect((await opik.patch("/datasets/items/batch", { ids, filters: [], update: {} })).status).toBe(422);
  ok(await opik.post("/datasets/items/delete", { dataset_id: id, filters: odd, batch_group_id: uuid7() }), 204);
  expect(await opik.ids("ds")).toEqual([ids[4], ids[2], ids[0]]);
  expect((await opik.get(`/datasets/items/${ids[1]}`)).body).toMatchObject({ data: { i: 1 } });
  ok(await opik.post("/datasets/items/delete", { dataset_id: id }), 204);
  expect(await opik.ids("ds")).toEqual([]);
});

test("what other faces wrote is shown: ids made from theirs, order, values, versions; and edited by those ids", async () => {
  const opik = await open();
  const { repo } = opik.town;
  const rows = ["a", "b", "c"].map((id, i) => ({ id, i }));
  await repo.dataset("safety/qa").import(rows, { key: "id", message: "first import" });
  const dataset = await opik.dataset("safety/qa");
  expect(dataset).toMatchObject({
    dataset_items_count: 3,
    latest_version: { version_name: "v1", change_description: "first import" },
  });
  const lines = await opik.stream({ dataset_name: "safety/qa" });
  expect(lines).toMatchObject([{ source: "sdk", data: { id: "c", i: 2 } }, { data: { i: 1 } }, { data: { i: 0 } }]);
  const shown = lines.map(line => String(line["id"]));
  for (const id of shown) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(await opik.ids("safety/qa", { last_retrieved_id: shown[0] })).toEqual(shown.slice(1));
  ok(
    await opik.put("/datasets/items", {
      dataset_name: "safety/qa",
      items: [item(shown[1], { i: "opik" })],
      batch_group_id: uuid7(),
    }),
    204,
  );
  const [added] = await opik.fill(String(dataset["id"]), 1, uuid7());
  expect(await opik.ids("safety/qa")).toEqual([added, ...shown]);
  expect((await repo.dataset("safety/qa").get("b"))?.item).toEqual({ i: "opik" });
  await repo
    .dataset("safety/qa")
    .patch([{ op: "add", path: "/items/b/@meta", value: { annotations: ["mine"], tags: ["t"] } }]);
  ok(await opik.patch(`/datasets/items/${shown[1]}`, { data: { i: "again" } }), 204);
  expect((await repo.dataset("safety/qa").get("b"))?.meta).toEqual({ annotations: ["mine"], tags: ["t"] });
  await repo.renameDataset("safety/qa", "renamed");
  expect(await opik.versions(String(dataset["id"]))).toMatchObject([
    { version_name: "v6" },
    {},
    {},
    {},
    {},
    { version_name: "v1", items_total: 3 },
  ]);
  expect(
    (await opik.post(`/datasets/${String(dataset["id"])}/versions/restore`, { version_ref: "v1" })).body,
  ).toMatchObject({ items_total: 3 });
});

test("the operations that were used", () =>
  expectExercised("opik", "recorded exchanges: lists, filters, other faces", towns));
