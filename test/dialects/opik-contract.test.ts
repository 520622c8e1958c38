/** The hard points of Opik's contract: ids, versions, exact data, names, errors. */
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { clients, item, ok, uuid7 } from "./opik-client.js";

const { open, towns } = clients();

test("6. ids of items stay over versions and a restore; restoring what is newest changes nothing", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const ids = await opik.fill(id, 4, uuid7());
  ok(await opik.post("/datasets/items/delete", { item_ids: ids.slice(0, 2), batch_group_id: uuid7() }), 204);
  const restored = await opik.post(`/datasets/${id}/versions/restore`, { version_ref: "v1" });
  expect(restored.body).toMatchObject({
    version_name: "v3",
    items_added: 2,
    change_description: "Restored from version: v1",
  });
  const lines = await opik.stream({ dataset_name: "ds" });
  expect(lines.map(line => [line["id"], line["dataset_item_id"]])).toEqual(ids.toReversed().map(one => [one, one]));
  expect((await opik.post(`/datasets/${id}/versions/restore`, { version_ref: "latest" })).body).toMatchObject({
    version_name: "v3",
  });
  expect((await opik.post(`/datasets/${id}/versions/restore`, { version_ref: "v9" })).status).toBe(404);
  expect((await opik.post(`/datasets/${id}/versions/restore`, {})).status).toBe(422);
});

test("7. numbers, hashes, the moving latest, tags that are unique, and hash before tag before name", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  for (let i = 0; i < 3; i++) await opik.fill(id, 1, uuid7());
  const [v3, v2, v1] = await opik.versions(id);
  expect([v3, v2, v1].map(({ version_name: name, tags }) => [name, tags])).toEqual([
    ["v3", ["latest"]],
    ["v2", []],
    ["v1", []],
  ]);
  for (const { id: version, version_hash: hash } of [v1, v2, v3]) expect(hash).toBe(String(version).slice(-8));
  const tag = (version: Record<string, unknown>, name: string) =>
    opik.post(`/datasets/${id}/versions/hash/${String(version["version_hash"])}/tags`, { tag: name });
  expect((await tag(v1, "v3")).status).toBe(204);
  expect((await tag(v2, "V3")).status).toBe(409);
  expect((await tag(v1, "latest")).status).toBe(409);
  expect((await tag(v1, " ")).status).toBe(422);
  expect((await tag({ version_hash: "00000000" }, "x")).status).toBe(404);
  const total = async (ref: unknown) => (await opik.ids("ds", { dataset_version: ref })).length;
  expect(await Promise.all(["v3", v3["version_hash"], "latest", "v2"].map(total))).toEqual([1, 3, 3, 2]);
  for (const odd of ["a/b c", "..", "-x~^:?*[", "ünï", "@{", "x.lock"]) {
    expect([odd, (await tag(v2, odd)).status]).toEqual([odd, 204]);
    expect(await total(odd)).toBe(2);
  }
  const drop = (name: string) =>
    opik.delete(`/datasets/${id}/versions/${String(v2["version_hash"])}/tags/${encodeURIComponent(name)}`);
  expect((await drop("A/B C")).status).toBe(204);
  expect((await drop("never there")).status).toBe(204);
  expect((await drop("latest")).status).toBe(400);
  const described = await opik.patch(`/datasets/${id}/versions/hash/${String(v1["version_hash"])}`, {
    change_description: "the first",
    tags_to_add: ["one", "one"],
  });
  expect(described.body).toMatchObject({
    change_description: "the first",
    tags: expect.arrayContaining(["one", "v3"]) as string[],
  });
});

test("8. data comes back as it went in: numbers, nulls, keys", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const data =
    '{"@meta":{"x":1},"__proto__":[1],"a":1.0,"b":1,"big":18446744073709551615,"e":1e300,"n":null,"t":"\\u00e9\\ud83d\\ude00","z":-0.0}';
  const body = `{"dataset_id":"${id}","items":[{"id":"${uuid7()}","source":"sdk","data":${data}}]}`;
  ok(await opik.town.ask("PUT", "/opik/api/v1/private/datasets/items", body), 204);
  const { text } = await opik.post("/datasets/items/stream", { dataset_name: "ds" });
  expect(text).toContain('"a":1.0,"b":1,"big":18446744073709551615,"e":1e+300,"n":null,"t":"é😀","z":-0.0');
  expect(text).toContain('"data":{"@meta":{"x":1},"__proto__":[1]');
});

test("9. names are one whatever their case; a PUT by name makes the dataset; deleted by name 404, by id 204", async () => {
  const opik = await open();
  const id = await opik.create("My Data//v1/..");
  expect((await opik.post("/datasets", { name: "my data//V1/.." })).status).toBe(409);
  expect((await opik.post("/datasets", { name: "other", id })).status).toBe(409);
  expect(await opik.dataset("MY DATA//v1/..")).toMatchObject({ id, name: "My Data//v1/.." });
  ok(await opik.put("/datasets/items", { dataset_name: "by put", items: [item(uuid7(), { a: 1 })] }), 204);
  expect(await opik.dataset("by put")).toMatchObject({
    dataset_items_count: 1,
    latest_version: { version_name: "v1" },
  });
  expect((await opik.put(`/datasets/${id}`, { name: "BY PUT" })).status).toBe(409);
  expect((await opik.put(`/datasets/${id}`, { name: "renamed", description: "d", tags: ["t"] })).status).toBe(204);
  expect(await opik.dataset("renamed")).toMatchObject({ id, description: "d", tags: ["t"] });
  expect((await opik.put(`/datasets/${id}`, { name: "Renamed" })).status).toBe(204);
  expect(await opik.dataset("renamed")).not.toHaveProperty("description");
  expect((await opik.post("/datasets/delete", { dataset_name: "nobody" })).status).toBe(404);
  expect((await opik.delete(`/datasets/${uuid7()}`)).status).toBe(204);
  expect((await opik.delete(`/datasets/${id}`)).status).toBe(204);
  expect((await opik.get(`/datasets/${id}`)).status).toBe(404);
  expect((await opik.post("/datasets/delete", { dataset_name: "by put" })).status).toBe(204);
});

test("10. the two shapes of errors, and 422, 400, 404", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const errors = { errors: expect.any(Array) as string[] };
  const coded = { code: expect.any(Number) as number, message: expect.any(String) as string };
  const cases: [Promise<{ status: number; body: never }>, number, object][] = [
    [opik.post("/datasets", { name: " " }), 422, { errors: ["name must not be blank"] }],
    [opik.post("/datasets", { name: "x".repeat(256) }), 422, errors],
    [opik.post("/datasets", { name: "n", id: "b6a7a1c2-0000-4000-8000-000000000000" }), 400, coded],
    [opik.post("/datasets", { name: "n", type: "weird" }), 400, coded],
    [opik.town.ask("POST", "/opik/api/v1/private/datasets", "{", {}), 400, coded],
    [opik.post("/datasets", "[]"), 400, coded],
    [opik.get(`/datasets/${uuid7()}`), 404, { errors: ["Dataset not found"] }],
    [opik.get("/datasets/not-a-uuid"), 404, { code: 404 }],
    [opik.get("/datasets?page=0"), 400, errors],
    [opik.get("/datasets?page=x"), 404, { code: 404 }],
    [opik.get("/datasets?sorting=x"), 400, coded],
    [opik.get("/nothing"), 404, { code: 404 }],
    [
      opik.put("/datasets/items", { dataset_id: id, items: [] }),
      422,
      { errors: ["items size must be between 1 and 1000"] },
    ],
    [opik.put("/datasets/items", { items: [item(uuid7(), { a: 1 })] }), 422, errors],
    [
      opik.put("/datasets/items", { dataset_id: id, items: [item(uuid7(), {})] }),
      422,
      { errors: ["items[0].data must not be empty"] },
    ],
    [
      opik.put("/datasets/items", { dataset_id: id, items: [{ ...item(uuid7(), { a: 1 }), trace_id: uuid7() }] }),
      422,
      errors,
    ],
    [
      opik.put("/datasets/items", { dataset_id: id, items: [item("b6a7a1c2-0000-4000-8000-000000000000", { a: 1 })] }),
      400,
      { details: "dataset_item id must be a version 7 UUID" },
    ],
    [opik.put("/datasets/items", { dataset_id: uuid7(), items: [item(uuid7(), { a: 1 })] }), 404, errors],
    [opik.post("/datasets/items/delete", {}), 422, errors],
    [opik.post("/datasets/items/delete", { dataset_id: uuid7() }), 404, errors],
    [opik.get(`/datasets/${id}/items?version=nothing`), 404, coded],
    [opik.get(`/datasets/items/${uuid7()}`), 404, { errors: ["Dataset item not found"] }],
  ];
  for (const [asked, status, body] of cases) {
    const answer = await asked;
    expect([answer.status, answer.body]).toMatchObject([status, body]);
  }
  expect((await opik.get(`/datasets/${uuid7()}/items`)).body).toMatchObject({ content: [], total: 0 });
  expect((await opik.get(`/datasets/${uuid7()}/versions`)).body).toMatchObject({ content: [], total: 0 });
});

test("the operations that were used", () => expectExercised("opik", "recorded exchanges: hard points 6 to 10", towns));
