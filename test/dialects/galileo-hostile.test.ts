/** What nobody means well, in Galileo's words: refused with a reason in its shape, and nothing stored; names and keys that are only odd are kept. */
import { expect, test } from "vitest";
import { createToken } from "@sheaf/server";
import { content, create, edit, form, uuid } from "./galileo-client.js";
import { Town } from "./town.js";

const json = { "content-type": "application/json" };

test("refused: never with a 5xx, always in the vendor's shape, the content as it was", async () => {
  const town = await Town.open();
  const id = await create(town, "h", [{ a: "1" }]);
  const { etag } = await content(town, id);
  const at = `/galileo/datasets/${id}`;
  const deep = `{"edits":[{"edit_type":"append_row","values":{"a":${"[".repeat(5000)}${"]".repeat(5000)}}}]}`;
  const requests: [
    method: string,
    path: string,
    body?: string | Uint8Array | FormData,
    headers?: Record<string, string>,
  ][] = [
    ["PATCH", `${at}/content`, deep, json],
    ["PATCH", `${at}/content`, "{", json],
    ["PATCH", `${at}/content`, "[]", json],
    ["PATCH", `${at}/content`, '{"edits":{}}', json],
    ["PATCH", `${at}/content`, '{"edits":[null]}', json],
    ["PATCH", `${at}/content`, '{"edits":[{"edit_type":"append_row","values":{"a":1e999}}]}', json],
    [
      "PATCH",
      `${at}/content`,
      '{"edits":[{"edit_type":"append_row","values":{"a":123456789012345678901234567890}}]}',
      json,
    ],
    ["PATCH", `${at}/content`, '{"edits":[{"edit_type":"append_row","values":{"a":"\\ud800"}}]}', json],
    ["PATCH", `${at}/content`, '{"edits":[{"edit_type":"append_row","values":{"a":1,"a":2}}]}', json],
    ["PATCH", `${at}/content`, Uint8Array.of(0x22, 0xff, 0x22), json],
    ["PUT", `${at}/content`, '{"rollback_version":1e9}', json],
    ["PUT", `${at}/content`, '{"rollback_version":-1}', json],
    ["PUT", `${at}/content`, `{"dataset_id":"${uuid(1)}"}`, json],
    ["POST", `${at}/content/query`, '{"filters":[{"column_name":"__proto__","value":"x"}]}', json],
    ["POST", `${at}/content/query`, '{"filters":[{"column_name":"a","value":1}]}', json],
    ["POST", `${at}/content/query`, '{"filters":[{"column_name":"a","value":"1","operator":"like"}]}', json],
    ["GET", `${at}/content?limit=0`],
    ["GET", `${at}/content?limit=-1`],
    ["GET", `${at}/content?starting_token=x`],
    ["GET", `${at}/versions/9999999999999999999/content`],
    ["GET", `${at}/versions/1.5/content`],
    ["PATCH", `${at}/versions/1`, '{"name":7}', json],
    ["GET", "/galileo/datasets/not-a-uuid"],
    ["GET", `/galileo/datasets/${uuid(7)}`],
    ["GET", `/galileo/datasets/${id}?actions=nonsense`],
    ["GET", "/galileo/datasets/%00"],
    ["DELETE", "/galileo/datasets/bulk_delete", '{"dataset_ids":[]}', json],
    ["POST", "/galileo/datasets/query", '{"filters":[{"name":"name","operator":"eq","value":{"a":1}}]}', json],
    ["POST", "/galileo/datasets/query", '{"sort":{"name":"rows"}}', json],
    ["POST", `${at}/preview`, '{"column_mapping":{"input":7}}', json],
    ["PATCH", at, '{"name":""}', json],
    ["PATCH", at, `{"name":"${"x".repeat(200)}"}`, json],
    ["POST", "/galileo/datasets?format=jsonl", form({ name: "x", draft: "perhaps" }, "{}")],
    ["POST", "/galileo/datasets?format=jsonl", form({ name: "x", project_id: "7" }, "{}")],
    ["POST", "/galileo/datasets?format=jsonl", form({ name: "x", column_mapping: "{" }, "{}")],
    ["POST", "/galileo/datasets?format=jsonl", form({ name: "x", copy_from_dataset_id: id }, "{}")],
    ["POST", "/galileo/datasets?format=jsonl", form({ name: "x" }, "[".repeat(100_000))],
    ["POST", "/galileo/datasets", "no form", { "content-type": "multipart/form-data; boundary=x" }],
    ["POST", "/galileo/datasets", "{}", json],
    ["POST", "/galileo/datasets/extend", '{"count":"many"}', json],
    ["POST", "/galileo/login/api_key", '{"api_key":7}', json],
    ["POST", "/galileo/login", "username=x", { "content-type": "application/x-www-form-urlencoded" }],
    ["POST", "/galileo/nothing", "{}", json],
  ];
  for (const [method, path, body, headers] of requests) {
    const { status, body: said } = await town.ask(method, path, body, headers);
    const shape =
      status === 422
        ? [expect.objectContaining({ loc: expect.any(Array) as string[], msg: expect.any(String) as string })]
        : expect.any(String);
    const what = `${method} ${path} ${typeof body === "string" ? body.slice(0, 80) : ""}`;
    expect([what, status >= 400 && status < 500, said]).toEqual([what, true, { detail: shape as unknown }]);
  }
  expect((await content(town, id)).etag).toBe(etag);
  expect((await town.ask("GET", "/galileo/datasets")).body).toMatchObject({ datasets: [{ id }] });
});

test("odd names and keys are kept as they are, and harm nobody", async () => {
  const town = await Town.open();
  for (const name of ["..", "a//b", "records/traces", "%2E", "\u{1f600}", "__proto__", "a\\b", " "]) {
    const id = await create(town, name, [{ x: "1" }]);
    expect((await town.ask("GET", `/galileo/datasets/${id}`)).body).toMatchObject({ name });
  }
  const id = await create(town, "keys", [{ a: "1" }]);
  const values = '{"__proto__":"p","constructor":"c","@meta":"m","@@meta":"n","":"e","a.b/c~d":"f"}';
  const body = `{"edits":[{"edit_type":"append_row","values":${values}}]}`;
  expect((await town.ask("PATCH", `/galileo/datasets/${id}/content`, body, json)).status).toBe(204);
  const { rows } = await content(town, id);
  expect(JSON.parse(values)).toEqual(
    Object.fromEntries(Object.entries(rows[1].values_dict).filter(([, cell]) => cell !== null)),
  );
  const renames = ["__proto__", "@meta", "", "a.b/c~d"].map((column, n) => ({
    edit_type: "rename_column",
    column_name: column,
    new_column_name: `n${n}`,
  }));
  expect((await edit(town, id, renames)).status).toBe(204);
  expect((await content(town, id)).rows[1].values_dict).toMatchObject({
    n0: "p",
    n1: "m",
    n2: "e",
    n3: "f",
    "@@meta": "n",
  });
  expect({}).not.toHaveProperty("p");
});

test("at the root a request is Galileo's by its headers, or by the token that it was given", async () => {
  const town = await Town.open();
  const id = await create(town, "r", []);
  const token = ((await town.ask("POST", "/login/api_key", { api_key: "k" })).body as { access_token: string })
    .access_token;
  for (const headers of [
    { "galileo-api-key": "k" },
    { "splunk-ao-api-key": "k" },
    { "x-galileo-sdk": "galileo-js/1.33.1" },
    { "client-type": "sdk-js" },
    { authorization: `Bearer ${token}` },
  ])
    for (const path of [`/datasets/${id}`, `/v2/datasets/${id}`])
      expect((await town.ask("GET", path, undefined, headers as unknown as Record<string, string>)).body).toMatchObject(
        { id, name: "r" },
      );
});

test("a token for some datasets sees and touches these alone", async () => {
  const town = await Town.open();
  for (const path of ["mine/a", "other"]) await town.repo.dataset(path).import([{ a: "1" }]);
  const ada = { name: "Ada", email: "ada@example.org", scope: "write" } as const;
  const all = await createToken(town.repo.local(), ada);
  const some = await createToken(town.repo.local(), { ...ada, datasets: ["mine/*"] });
  const key = { "galileo-api-key": all.secret };
  const { datasets } = (await town.ask("GET", "/galileo/datasets", undefined, key)).body as {
    datasets: { id: string }[];
  };
  expect(datasets).toHaveLength(2);
  const login = await town.ask("POST", "/galileo/login/api_key", { api_key: some.secret });
  const as = { authorization: `Bearer ${(login.body as { access_token: string }).access_token}` };
  expect((await town.ask("POST", "/galileo/login/api_key", { api_key: "wrong" })).status).toBe(401);
  const seen = (await town.ask("GET", "/galileo/datasets", undefined, as)).body as { datasets: { id: string }[] };
  expect(seen).toMatchObject({ datasets: [{ name: "mine/a" }] });
  const mine = seen.datasets[0].id;
  const other = datasets.map(({ id }) => id).find(id => id !== mine);
  const edits = [{ edit_type: "append_row", values: { a: "2" } }];
  const at = (id = "") => `/galileo/datasets/${id}/content`;
  expect((await town.ask("GET", at(other), undefined, as)).status).toBe(404);
  expect((await town.ask("PATCH", at(mine), { edits }, as)).status).toBe(204);
  expect((await town.ask("PATCH", at(other), { edits }, as)).status).toBe(404);
  expect((await town.ask("POST", "/galileo/datasets", form({ name: "elsewhere" }), as)).status).toBe(403);
  expect((await town.ask("PATCH", `/galileo/datasets/${mine}`, { name: "elsewhere" }, as)).status).toBe(403);
  const { rows } = (await town.ask("GET", at(mine), undefined, as)).body as { rows: { metadata: object }[] };
  expect(rows[1].metadata).toMatchObject({ created_by_user: { email: "ada@example.org", first_name: "Ada" } });
});
