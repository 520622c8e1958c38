/** Galileo's dialect by the requests that its SDKs and its reference send: start-up, datasets, lists. */
import { describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { content, create, edit, form, opened, uuid } from "./galileo-client.js";
import type { Town } from "./town.js";

const towns: Town[] = [];
const open = () => opened(towns);

test("start-up: a health check that is truthy, a log-in with any key where no tokens are needed, and who it is", async () => {
  const town = await open();
  expect((await town.ask("GET", "/galileo/healthcheck")).body).toMatchObject({ version: expect.any(String) as string });
  const { access_token: token } = (await town.ask("POST", "/galileo/login/api_key", { api_key: "k" })).body as {
    access_token: string;
  };
  const payload = JSON.parse(atob(token.split(".")[1])) as { exp: number };
  expect(payload.exp).toBeGreaterThan(Date.now() / 1000 + 3600);
  const bearer = { authorization: `Bearer ${token}` };
  expect((await town.ask("POST", "/galileo/refresh_token", undefined, bearer)).body).toMatchObject({
    token_type: "bearer",
  });
  const login = new URLSearchParams({ username: "ada", password: "p" }).toString();
  const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
  expect((await town.ask("POST", "/galileo/v2/login", login, urlencoded)).status).toBe(200);
  expect((await town.ask("GET", "/v2/current_user", undefined, { "galileo-api-key": "k" })).body).toMatchObject({
    email: "server@example.org",
    role: "user",
  });
});

test("projects: made once, found by name, with a log stream", async () => {
  const town = await open();
  const find = () => town.ask("GET", "/galileo/projects?project_name=P&type=gen_ai");
  expect((await find()).body).toEqual([]);
  const wish = { name: "P", type: "gen_ai", create_example_templates: false };
  const { id } = (await town.ask("POST", "/galileo/projects", wish)).body as { id: string };
  expect((await town.ask("POST", "/galileo/projects", wish)).body).toMatchObject({ id });
  expect((await find()).body).toMatchObject([{ id, name: "P", type: "gen_ai" }]);
  expect((await town.ask("GET", `/galileo/projects/${id}`)).body).toMatchObject({ id });
  const streams = `/galileo/projects/${id}/log_streams`;
  expect((await town.ask("GET", streams)).body).toMatchObject([{ name: "default" }]);
  expect((await town.ask("POST", streams, { name: "mine" })).body).toMatchObject({ name: "mine", project_id: id });
  expect((await town.ask("GET", streams)).body).toMatchObject([{ name: "default" }, { name: "mine" }]);
  const made = await town.ask("POST", "/galileo/datasets?format=csv", form({ name: "d", project_id: id }, "a\n1\n"));
  const { id: dataset } = made.body as { id: string };
  expect(made.body).toMatchObject({ project_count: 1 });
  expect((await town.ask("GET", `/galileo/datasets/${dataset}/projects?dataset_id=x&limit=100`)).body).toMatchObject({
    projects: [{ id, name: "P" }],
    paginated: false,
  });
});

describe("a dataset that the TypeScript SDK makes", () => {
  const rows = [
    { input: "hi", metadata: '{"k":"v"}' },
    { input: "there", n: 5 },
  ];

  test("is shown as it was made, by id and by name, with its content and ETag", async () => {
    const town = await open();
    const id = await create(town, "My Dataset", rows);
    const shown = (await town.ask("GET", `/galileo/datasets/${id}?dataset_id=${id}&actions=update`)).body;
    expect(shown).toMatchObject({
      id,
      name: "My Dataset",
      num_rows: 2,
      column_names: ["input", "metadata", "n"],
      current_version_index: 1,
      draft: false,
      project_count: 0,
      permissions: [{ action: "update", allowed: true }],
    });
    const query = { filters: [{ name: "name", value: "My Dataset", operator: "eq" }] };
    expect((await town.ask("POST", "/galileo/datasets/query", query)).body).toMatchObject({ datasets: [{ id }] });
    expect((await town.ask("POST", "/galileo/datasets/query/count", query)).body).toBe(1);
    const { etag, ...page } = await content(town, id);
    expect(etag).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(page).toMatchObject({
      starting_token: 0,
      limit: 100,
      paginated: false,
      next_starting_token: null,
      column_names: ["input", "metadata", "n"],
      warning_message: null,
      rows: [
        { index: 0, values: ["hi", '{"k":"v"}', null], values_dict: { input: "hi", metadata: '{"k":"v"}', n: null } },
        { index: 1, values: ["there", null, 5] },
      ],
    });
    expect(page.rows[0].metadata).toMatchObject({
      created_in_version: 1,
      updated_in_version: 1,
      created_by_user: { email: "server@example.org" },
    });
  });

  test("gets rows on the ETag that was read: one version for all edits of a request, 412 on another one", async () => {
    const town = await open();
    const id = await create(town, "qa", rows);
    const { etag } = await content(town, id, "?limit=1");
    const edits = [1, 2].map(n => ({ edit_type: "append_row", values: { input: `row ${n}` } }));
    const added = await edit(town, id, edits, { "if-match": etag });
    expect([added.status, added.text]).toEqual([204, ""]);
    const after = await content(town, id);
    expect(after.etag).toBe(added.headers.get("etag"));
    expect(after.rows.map(({ values_dict: row }) => (row as { input: string }).input)).toEqual([
      "hi",
      "there",
      "row 1",
      "row 2",
    ]);
    const stale = await edit(town, id, edits, { "if-match": `W/"${etag}"` });
    expect([stale.status, stale.body]).toEqual([412, { detail: expect.stringContaining("changed since") as string }]);
    expect((await edit(town, id, edits, { "if-match": `"${after.etag}"` })).status).toBe(204);
    expect((await edit(town, id, edits, { "if-match": "*" })).status).toBe(204);
    const history = (await town.ask("POST", `/galileo/datasets/${id}/versions/query?dataset_id=${id}`)).body;
    expect(history).toMatchObject({
      paginated: false,
      versions: [
        { version_index: 4 },
        { version_index: 3 },
        { version_index: 2, rows_added: 2, rows_removed: 0, rows_edited: 0, columns_added: 0, num_rows: 4 },
        { version_index: 1, rows_added: 2, columns_added: 3, name: null, column_names: ["input", "metadata", "n"] },
      ],
    });
  });

  test("pages: the next page begins where the last one ended, and a limit of 100,000 gives all", async () => {
    const town = await open();
    const id = await create(
      town,
      "many",
      Array.from({ length: 7 }, (_, n) => ({ n })),
    );
    const first = await content(town, id, "?limit=3");
    expect(first).toMatchObject({ paginated: true, next_starting_token: 3 });
    const last = await content(town, id, "?limit=3&starting_token=6");
    expect(last).toMatchObject({ paginated: false, next_starting_token: null, rows: [{ index: 6, values: [6] }] });
    expect((await content(town, id, "?limit=100000")).rows).toHaveLength(7);
    expect((await content(town, id, "?starting_token=100")).rows).toEqual([]);
  });
});

describe("lists", () => {
  test("hold the newest first, and filter by all that the reference names", async () => {
    const town = await open();
    const ids = [await create(town, "Alpha", []), await create(town, "beta", [{ a: "1" }])];
    const hidden = await create(town, "secret", [], "format=jsonl&hidden=true");
    const ask = async (body?: object, more = "") =>
      (await town.ask("POST", `/galileo/datasets/query${more}`, body)).body as {
        datasets: { id: string; name: string }[];
      };
    const names = async (filters: object[]) =>
      (await ask({ filters, sort: { name: "name" } })).datasets.map(({ name }) => name);
    expect((await ask()).datasets).toHaveLength(2);
    expect((await town.ask("GET", "/galileo/datasets?limit=1&starting_token=1")).body).toMatchObject({
      paginated: false,
      datasets: [{}],
    });
    expect((await town.ask("GET", `/galileo/datasets/${hidden}`)).status).toBe(200);
    expect(await names([{ name: "name", operator: "contains", value: "A", case_sensitive: false }])).toEqual([
      "Alpha",
      "beta",
    ]);
    expect(await names([{ name: "name", operator: "one_of", value: ["beta", "x"] }])).toEqual(["beta"]);
    expect(await names([{ name: "id", operator: "not_in", value: [ids[0]] }])).toEqual(["beta"]);
    expect(await names([{ name: "draft", value: true }])).toEqual([]);
    expect(await names([{ name: "not_in_project", value: uuid(1) }])).toEqual(["Alpha", "beta"]);
    expect((await ask({ sort: { name: "num_rows", ascending: false } })).datasets[0].name).toBe("beta");
    expect((await town.ask("POST", "/galileo/datasets/query", { filters: [{ name: "size" }] })).status).toBe(422);
  });

  test("names are taken once; a suffix is found where it is asked for; a rename keeps id and versions", async () => {
    const town = await open();
    const id = await create(town, "a/../b", [{ a: "1" }]);
    const again = await town.ask("POST", "/galileo/datasets", form({ name: "a/../b" }));
    expect([again.status, again.body]).toEqual([409, { detail: expect.stringContaining("already exists") as string }]);
    const suffixed = form({ name: "a/../b", append_suffix_if_duplicate: "true" });
    expect((await town.ask("POST", "/galileo/datasets", suffixed)).body).toMatchObject({ name: "a/../b (1)" });
    expect((await town.ask("PATCH", `/galileo/datasets/${id}`, { name: "new" })).body).toMatchObject({
      id,
      name: "new",
      current_version_index: 1,
    });
    expect((await town.ask("PATCH", `/galileo/datasets/${id}`, { name: "a/../b (1)" })).status).toBe(409);
    const wish = { name: { value: "a/../b (1)", append_suffix_if_duplicate: true } };
    expect((await town.ask("PATCH", `/galileo/datasets/${id}`, wish)).body).toMatchObject({ name: "a/../b (1) (1)" });
    expect((await content(town, id)).rows).toHaveLength(1);
  });

  test("datasets are removed, one or many", async () => {
    const town = await open();
    const ids = [await create(town, "a", []), await create(town, "b", []), await create(town, "c", [])];
    expect((await town.ask("DELETE", `/galileo/datasets/${ids[0]}`)).body).toEqual({
      message: "Dataset a was deleted.",
    });
    expect((await town.ask("GET", `/galileo/datasets/${ids[0]}`)).status).toBe(404);
    const bulk = await town.ask("DELETE", "/galileo/datasets/bulk_delete", { dataset_ids: ids });
    expect(bulk.body).toMatchObject({ deleted_count: 2, failed_deletions: [{ dataset_id: ids[0] }] });
  });
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns, "datasets"));
