/** Arize's rules one by one: what is refused and how, exact values, ids, pages, versions under rivals, faces of others. */
import { expect, test } from "vitest";
import { ArizeClient, ok, type Dataset } from "./arize-client.js";

const open = ArizeClient.open;

test("a refusal is a problem with its status in the body, whatever it is about", async () => {
  const arize = await open();
  const id = await arize.create("qa", [{ a: 1 }]);
  const space_id = await arize.space();
  const at = `/datasets/${id}/examples`;
  const version = (await arize.dataset(id)).versions[0].id;
  const cases: readonly (readonly [number, string, string, unknown])[] = [
    [400, "POST", "/datasets", "{"],
    [400, "POST", "/datasets", { name: "x", space_id }],
    [400, "POST", "/datasets", { name: "x", space_id, examples: [1] }],
    [422, "POST", "/datasets", { name: "x", space_id, examples: [] }],
    [422, "POST", "/datasets", { name: "x", space_id, examples: [{}] }],
    [422, "POST", "/datasets", { name: " ", space_id, examples: [{ a: 1 }] }],
    [422, "POST", "/datasets", { name: "x", space_id, examples: Array.from({ length: 1001 }, (_, a) => ({ a })) }],
    [404, "POST", "/datasets", { name: "x", space_id: btoa("Space:1:none"), examples: [{ a: 1 }] }],
    [409, "POST", "/datasets", { name: "qa", space_id, examples: [{ a: 1 }] }],
    ...["id", "created_at", "updated_at", "annotations"].map(
      key => [422, "POST", at, { examples: [{ a: 1, [key]: "x" }] }] as const,
    ),
    [404, "POST", `${at}?dataset_version_id=v1`, { examples: [{ a: 1 }] }],
    [400, "PATCH", at, { examples: [{ a: 1 }] }],
    [422, "PATCH", at, { examples: [{ id: "x", created_at: "now" }] }],
    [409, "PATCH", at, { examples: [{ id: "x", a: 1 }], new_version: "v1" }],
    [400, "PATCH", `/datasets/${id}`, {}],
    [422, "PATCH", `/datasets/${id}`, { name: "" }],
    [400, "DELETE", at, { example_ids: ["x"] }],
    [422, "DELETE", at, { dataset_version_id: version, example_ids: [] }],
    [422, "DELETE", at, { dataset_version_id: version, example_ids: ["x", "x"] }],
    [422, "DELETE", at, { dataset_version_id: version, example_ids: [""] }],
    [404, "DELETE", at, { dataset_version_id: btoa(`DatasetVersion:9:x`), example_ids: ["x"] }],
    [400, "POST", `${at}/annotate`, { annotations: [{ values: [{ name: "q" }] }] }],
    [400, "POST", `${at}/annotate`, { annotations: [{ record_id: "x", values: [{ name: "q", score: "1" }] }] }],
    [422, "POST", `${at}/annotate`, { annotations: [{ record_id: "x", values: [] }] }],
    [422, "POST", `${at}/search`, { filter: "a = 1" }],
    [400, "POST", `${at}/search`, { limit: 0 }],
    [400, "GET", `${at}?limit=501`, undefined],
    [400, "GET", `${at}?cursor=%00`, undefined],
    [404, "GET", "/datasets/qa", undefined],
    [404, "GET", "/nothing", undefined],
  ];
  for (const [status, method, path, body] of cases) {
    const answer = await arize.ask(method, path, body);
    expect([path, body, answer.status, answer.headers.get("content-type")]).toEqual([
      path,
      body,
      status,
      "application/problem+json",
    ]);
    const strings = { title: expect.any(String) as string, detail: expect.any(String) as string };
    expect(answer.body).toMatchObject({ status, ...strings });
  }
  expect((await arize.examples(id)).length).toBe(1);
  expect((await arize.dataset(id)).versions.length).toBe(1);
});

test("what Arize has beside datasets is refused with what to do instead", async () => {
  const arize = await open();
  const { status, body } = await arize.get("/projects?name=x");
  const told = body as { status: number; detail: string };
  expect([status, told.status]).toEqual([404, 404]);
  expect(told.detail).toContain("to a dataset as examples");
});

test("values come back to the bit: big integers, floats that are whole, nulls, keys of any name", async () => {
  const arize = await open();
  const space = await arize.space();
  const item = '{"big":18446744073709551615,"whole":1.0,"none":null,"__proto__":{"x":1},"@meta":[],"@id":"own","":"e"}';
  const body = `{"name":"exact","space_id":${JSON.stringify(space)},"examples":[${item}]}`;
  const { id } = ok(await arize.post("/datasets", body), 201).body as Dataset;
  const { text } = ok(await arize.get(`/datasets/${encodeURIComponent(id)}/examples`), 200);
  for (const part of item.slice(1, -1).match(/"[^"]*":(\{[^}]*\}|[^,]*)/g) ?? []) expect(text).toContain(part);
});

test("an import's columns that are called as the system's are shown with an @ in front, kept, and written back", async () => {
  const arize = await open();
  await arize.town.repo.dataset("imported").import([{ id: "q1", created_at: "then", "@id": 7, a: 1 }], { key: "id" });
  const { datasets } = ok(await arize.get("/datasets?name=imported"), 200).body as { datasets: Dataset[] };
  const id = encodeURIComponent(datasets[0].id);
  expect(await arize.examples(id)).toMatchObject([{ id: "q1", "@id": "q1", "@created_at": "then", "@@id": 7, a: 1 }]);
  ok(await arize.patch(`/datasets/${id}/examples`, { examples: [{ id: "q1", "@created_at": "now" }] }), 200);
  expect((await arize.town.repo.dataset("imported").get("q1"))?.item).toEqual({
    id: "q1",
    created_at: "now",
    "@id": 7,
    a: 1,
  });
});

test("pages stay put while rows are appended, and rows keep the order of requests", async () => {
  const arize = await open();
  const id = await arize.create(
    "many",
    Array.from({ length: 25 }, (_, i) => ({ i })),
  );
  const first = ok(await arize.get(`/datasets/${id}/examples?limit=20`), 200).body as {
    examples: { i: number; id: string }[];
    pagination: { next_cursor: string };
  };
  expect((await arize.post(`/datasets/${id}/examples/search`, { limit: 20 })).body).toEqual(first);
  await arize.post(`/datasets/${id}/examples`, { examples: [{ i: 25 }] });
  const cursor = encodeURIComponent(first.pagination.next_cursor);
  const { body } = ok(await arize.get(`/datasets/${id}/examples?limit=20&cursor=${cursor}`), 200);
  const rest = body as typeof first;
  const all = [...first.examples, ...rest.examples];
  expect(all.map(({ i }) => i)).toEqual(Array.from({ length: 26 }, (_, i) => i));
  expect(rest.pagination).toEqual({ has_more: false });
  expect(all.map(one => one.id)).toEqual(all.map(one => one.id).toSorted());
});

test("a version made of an older one begins with that one's examples, in its order, and leaves both as they were", async () => {
  const arize = await open();
  const id = await arize.create("qa", [{ n: 1 }, { n: 2 }, { n: 3 }]);
  const v1 = (await arize.dataset(id)).versions[0].id;
  const rows = (await arize.examples(id)).map(example => example.id);
  const at = `/datasets/${id}/examples`;
  const renew = async (name: string, base: string, examples: object[]) =>
    (
      ok(await arize.patch(`${at}?dataset_version_id=${base}`, { examples, new_version: name }), 200).body as {
        dataset_version_id: string;
      }
    )["dataset_version_id"];
  const v2 = await renew("two", v1, [{ id: rows[0], n: 10 }]);
  await arize.delete(at, { dataset_version_id: v2, example_ids: [rows[1]] });
  await arize.post(at, { examples: [{ n: 4 }] });
  const v3 = await renew("three", v1, [{ id: rows[2], n: 30 }]);
  const copy = await renew("copy", v3, [{ id: "nobody", n: 1 }]);
  const numbers = async (version: string) => (await arize.examples(id, version)).map(({ n }) => n);
  expect(await numbers(v1)).toEqual([1, 2, 3]);
  expect(await numbers(v2)).toEqual([10, 3, 4]);
  expect(await numbers(v3)).toEqual([1, 2, 30]);
  expect(await numbers(copy)).toEqual([1, 2, 30]);
  expect((await arize.examples(id, copy)).map(example => example.id)).toEqual(rows);
  expect((await arize.dataset(id)).versions.map(({ name }) => name)).toEqual(["copy", "three", "two", "v1"]);
});

test("of many who write at once into an older version, the newest, and new ones, nobody's write is lost", async () => {
  const arize = await open();
  const id = await arize.create("busy", [{ n: 0 }]);
  const v1 = (await arize.dataset(id)).versions[0].id;
  const [{ id: row }] = await arize.examples(id);
  const at = `/datasets/${id}/examples`;
  ok(await arize.patch(at, { examples: [{ id: row, n: 0 }], new_version: "two" }), 200);
  const writes = Array.from({ length: 8 }, (_, i) => [
    arize.post(`${at}?dataset_version_id=${v1}`, { examples: [{ old: i }] }),
    arize.post(at, { examples: [{ new: i }] }),
    arize.patch(at, { examples: [{ id: row, [`c${i}`]: i }] }),
    arize.post(`${at}/annotate`, { annotations: [{ record_id: row, values: [{ name: `a${i}`, score: i }] }] }),
  ]).flat();
  writes.push(arize.patch(at, { examples: [{ id: row, three: 3 }], new_version: "three" }));
  writes.push(arize.patch(at, { examples: [{ id: row, three: 3 }], new_version: "three" }));
  const statuses = (await Promise.all(writes)).map(({ status }) => status);
  expect(statuses.filter(status => status >= 400)).toEqual([409]);
  const old = await arize.examples(id, v1);
  expect(
    old
      .map(example => example["old"])
      .filter(n => n !== undefined)
      .sort(),
  ).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const now = await arize.examples(id);
  expect(
    now
      .map(example => example["new"])
      .filter(n => n !== undefined)
      .sort(),
  ).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const columns = Object.keys(now[0]).filter(key => /^c\d$/.test(key));
  expect([columns.length, (now[0]["annotations"] as unknown[]).length]).toEqual([8, 8]);
  expect((await arize.dataset(id)).versions.map(({ name }) => name)).toEqual(["three", "two", "v1"]);
});

test("an example of an older version alone is annotated there", async () => {
  const arize = await open();
  const id = await arize.create("qa", [{ n: 1 }, { n: 2 }]);
  const v1 = (await arize.dataset(id)).versions[0].id;
  const [first, second] = (await arize.examples(id)).map(example => example.id);
  const at = `/datasets/${id}/examples`;
  const renewed = ok(await arize.patch(at, { examples: [{ id: second, n: 20 }], new_version: "two" }), 200).body as {
    dataset_version_id: string;
  };
  await arize.delete(at, { dataset_version_id: renewed["dataset_version_id"], example_ids: [first] });
  const values = [{ name: "q", text: "old" }];
  ok(await arize.post(`${at}/annotate`, { annotations: [{ record_id: first, values }] }), 202);
  expect((await arize.examples(id, v1))[0]["annotations"]).toMatchObject(values);
  expect((await arize.examples(id)).length).toBe(1);
});

test("spaces are folders but for the first; a name in two of them is two datasets", async () => {
  const arize = await open();
  await arize.town.repo.config.set("arize.spaces", ["main space", "team"]);
  const { spaces } = ok(await arize.get("/spaces"), 200).body as { spaces: { id: string; name: string }[] };
  expect(spaces.map(({ name }) => name)).toEqual(["main space", "team"]);
  for (const { id } of spaces)
    ok(await arize.post("/datasets", { name: "qa", space_id: id, examples: [{ a: 1 }] }), 201);
  const other = { name: "team/x", space_id: spaces[0].id, examples: [{ a: 1 }] };
  expect((await arize.post("/datasets", other)).status).toBe(422);
  const { datasets } = ok(await arize.get("/datasets?space_name=tea"), 200).body as { datasets: Dataset[] };
  expect(datasets).toMatchObject([{ name: "qa", space_id: spaces[1].id }]);
  expect(await arize.town.repo.dataset("team/qa").info()).toMatchObject({ count: 1 });
  const page = ok(await arize.get("/spaces?limit=1"), 200).body as { pagination: { next_cursor: string } };
  const next = ok(await arize.get(`/spaces?limit=1&cursor=${page.pagination.next_cursor}`), 200).body;
  expect(next).toMatchObject({ spaces: [{ name: "team" }], pagination: { has_more: false } });
});

test("at the root its SDKs are told from Galileo's, which have the same paths", async () => {
  const arize = await open();
  const ask = (headers: Record<string, string>) => arize.town.ask("GET", "/v2/datasets", undefined, headers);
  const bearer = { authorization: "Bearer key" };
  expect((await ask(bearer)).body).toMatchObject({ datasets: [], pagination: { has_more: false } });
  expect((await ask({ authorization: "key", "sdk-package-name": "arize" })).status).toBe(200);
  const { body } = await ask({ ...bearer, "galileo-api-key": "key" });
  expect(body).not.toHaveProperty("pagination");
});
