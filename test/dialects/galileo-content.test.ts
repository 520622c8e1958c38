/** Galileo's dialect by the requests of its reference: edits, versions, queries. */
import { describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { content, create, edit, form, opened, uuid, type Content } from "./galileo-client.js";
import type { Town } from "./town.js";

const towns: Town[] = [];
const open = () => opened(towns);

describe("edits", () => {
  const cells = (page: Content) => page.rows.map(({ values }) => values);

  test("run one after another, each on what the one before left: all eight kinds", async () => {
    const town = await open();
    const id = await create(town, "e", [
      { a: "1", b: "x" },
      { a: "2", b: "y" },
      { a: "3", b: "z" },
    ]);
    const before = await content(town, id);
    const [first, second, third] = before.rows.map(row => row.row_id);
    const done = await edit(town, id, [
      { edit_type: "prepend_row", values: { a: "p1" } },
      { edit_type: "prepend_row", values: { a: "p2" }, row_id: uuid(1) },
      { edit_type: "rename_column", column_name: "a", new_column_name: "c" },
      { edit_type: "update_row", row_id: first, values: { c: "one", d: 4 } },
      { edit_type: "append_row", values: { c: "last" }, row_id: uuid(2) },
      { edit_type: "delete_row", row_id: second },
      { edit_type: "remove_column", column_name: "b" },
      { edit_type: "filter_rows", row_ids: [third, uuid(2), uuid(1), first] },
      { edit_type: "update_row", row_id: uuid(2), values: { d: { k: 1, l: null } } },
    ]);
    expect([done.status, done.text]).toEqual([204, ""]);
    const after = await content(town, id);
    expect(after.column_names).toEqual(["c", "d"]);
    expect(cells(after)).toEqual([
      ["p2", null],
      ["one", 4],
      ["3", null],
      ["last", { k: 1, l: null }],
    ]);
    expect(after.rows.map(row => row.row_id)).toEqual([uuid(1), first, third, uuid(2)]);
    expect(after.rows[1].metadata).toMatchObject({ created_in_version: 1, updated_in_version: 2 });
    expect((await town.ask("POST", `/galileo/datasets/${id}/versions/query`)).body).toMatchObject({
      versions: [{ rows_added: 2, rows_removed: 1, columns_added: 1, columns_removed: 1, columns_renamed: 1 }, {}],
    });
    expect(cells(await content(town, id.toUpperCase()))).toHaveLength(4);
  });

  test.each([
    ["an empty list", [], ["body", "edits"], "Edits list cannot be empty."],
    ["no kind", [{ values: {} }], ["body", "edits", 0, "edit_type"], "edit_type"],
    ["an unknown row", [{ edit_type: "delete_row", row_id: uuid(9) }], ["body", "edits", 0, "row_id"], "no row"],
    ["a row by number", [{ edit_type: "delete_row", index: 0 }], ["body", "edits", 0, "row_id"], "required"],
    [
      "an unknown row kept",
      [{ edit_type: "filter_rows", row_ids: [uuid(9)] }],
      ["body", "edits", 0, "row_ids", 0],
      "no row",
    ],
    ["none kept", [{ edit_type: "filter_rows", row_ids: [] }], ["body", "edits", 0, "row_ids"], "one UUID or more"],
    [
      "an id twice",
      [1, 2].map(() => ({ edit_type: "append_row", row_id: uuid(1), values: {} })),
      ["body", "edits", 1, "row_id"],
      "already",
    ],
    [
      "an unknown column",
      [{ edit_type: "remove_column", column_name: "zz" }],
      ["body", "edits", 0, "column_name"],
      "no column",
    ],
    [
      "a taken name",
      [{ edit_type: "rename_column", column_name: "a", new_column_name: "b" }],
      ["body", "edits", 0, "new_column_name"],
      "already",
    ],
    ["a boolean", [{ edit_type: "append_row", values: { a: true } }], ["body", "edits", 0, "values", "a"], "JSON text"],
    ["a list", [{ edit_type: "append_row", values: { a: [1] } }], ["body", "edits", 0, "values", "a"], "JSON text"],
    [
      "a deep object",
      [{ edit_type: "append_row", values: { a: { b: { c: 1 } } } }],
      ["body", "edits", 0, "values", "a"],
      "JSON text",
    ],
    [
      "a record that was not logged",
      [{ edit_type: "copy_record_data", ids: [uuid(3)] }],
      ["body", "edits", 0, "ids", 0],
      "no trace",
    ],
  ])("%s is refused with its place, and nothing is stored", async (_, edits, loc, words) => {
    const town = await open();
    const id = await create(town, "e", [{ a: "1", b: "x" }]);
    const { etag } = await content(town, id);
    const refused = await edit(town, id, [...edits]);
    expect([refused.status, refused.body]).toEqual([
      422,
      { detail: [{ loc, msg: expect.stringContaining(words) as string, type: "value_error" }] },
    ]);
    expect((await content(town, id)).etag).toBe(etag);
  });

  test("that change nothing make no version", async () => {
    const town = await open();
    const id = await create(town, "e", [{ a: "1" }]);
    const { etag, rows } = await content(town, id);
    const same = await edit(town, id, [{ edit_type: "update_row", row_id: rows[0].row_id, values: { a: "1" } }]);
    expect([same.status, same.headers.get("etag")]).toEqual([204, etag]);
    expect((await town.ask("GET", `/galileo/datasets/${id}`)).body).toMatchObject({ current_version_index: 1 });
  });

  test("of many at once are all kept", async () => {
    const town = await open();
    const id = await create(town, "e", [{ a: "0" }]);
    const all = Array.from({ length: 40 }, (_, n) =>
      edit(town, id, [
        { edit_type: n % 4 === 0 ? "prepend_row" : "append_row", values: { a: String(n), [`c${n % 5}`]: "x" } },
      ]),
    );
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(all.map(() => 204));
    const { rows, column_names: columns } = await content(town, id);
    expect([rows.length, [...columns].sort()]).toEqual([41, ["a", "c0", "c1", "c2", "c3", "c4"]]);
  });

  test("copy_record_data takes input, output and metadata of traces and spans", async () => {
    const town = await open();
    await town.repo.edit([
      { dataset: "records/traces", create: { meta: { attributes: { kind: "records" } } } },
      {
        dataset: "records/traces",
        patch: [
          {
            op: "add",
            path: `/items/${uuid(1)}`,
            value: { input: { q: "?" }, output: { deep: [1] }, metadata: { k: "v" } },
          },
        ],
      },
    ]);
    const id = await create(town, "e", [{ input: "1" }]);
    const copy = { edit_type: "copy_record_data", ids: [uuid(1)] };
    expect((await edit(town, id, [copy, { ...copy, prepend: false, use_generated_output_column: true }])).status).toBe(
      204,
    );
    const after = await content(town, id);
    expect(after.column_names).toEqual(["input", "output", "metadata", "generated_output"]);
    expect(cells(after)).toEqual([
      [{ q: "?" }, '{"deep":[1]}', { k: "v" }, null],
      ["1", null, null, null],
      [{ q: "?" }, null, { k: "v" }, '{"deep":[1]}'],
    ]);
  });
});

describe("versions", () => {
  test("are read, named, and gone back to with their row ids", async () => {
    const town = await open();
    const id = await create(town, "v", [{ a: "1" }, { a: "2" }]);
    const first = await content(town, id);
    await edit(town, id, [
      { edit_type: "delete_row", row_id: first.rows[0].row_id },
      { edit_type: "rename_column", column_name: "a", new_column_name: "b" },
      { edit_type: "prepend_row", values: { b: "0" } },
    ]);
    const old = await town.ask("GET", `/galileo/datasets/${id}/versions/1/content?dataset_id=${id}&version_index=1`);
    expect((old.body as Content).rows).toEqual(first.rows);
    const named = await town.ask("PATCH", `/galileo/datasets/${id}/versions/1`, { name: "first" });
    expect(named.body).toMatchObject({ version_index: 1, name: "first", num_rows: 2 });
    const back = await town.ask("PUT", `/galileo/datasets/${id}/content`, { rollback_version: 1 });
    expect([back.status, back.headers.get("etag")]).toEqual([204, first.etag]);
    const now = await content(town, id);
    expect(now.rows.map(row => [row.row_id, row.values])).toEqual(first.rows.map(row => [row.row_id, row.values]));
    expect(
      (await town.ask("POST", `/galileo/datasets/${id}/versions/query?limit=2`, { sort: { name: "version_index" } }))
        .body,
    ).toMatchObject({
      paginated: true,
      next_starting_token: 2,
      versions: [{ version_index: 1, name: "first" }, { version_index: 2 }],
    });
    expect((await town.ask("GET", `/galileo/datasets/${id}/versions/9/content`)).status).toBe(404);
    expect((await town.ask("GET", `/galileo/datasets/${id}/versions/0/content`)).status).toBe(422);
    expect((await town.ask("PUT", `/galileo/datasets/${id}/content`, { rollback_version: 9 })).status).toBe(404);
  });

  test("a content is copied from another dataset under new ids; both or neither source is refused", async () => {
    const town = await open();
    const source = await create(town, "s", [{ a: "1" }, { a: "2" }]);
    const id = await create(town, "t", [{ z: "9" }]);
    const put = (body: object) => town.ask("PUT", `/galileo/datasets/${id}/content`, body);
    expect((await put({ dataset_id: source })).status).toBe(204);
    const [from, to] = [await content(town, source), await content(town, id)];
    expect([to.column_names, to.rows.map(row => row.values)]).toEqual([["a"], [["1"], ["2"]]]);
    expect(to.rows[0].row_id).not.toBe(from.rows[0].row_id);
    expect((await put({})).status).toBe(422);
    expect((await put({ rollback_version: 1, dataset_id: source })).status).toBe(422);
    const copy = await town.ask("POST", "/galileo/datasets", form({ name: "u", copy_from_dataset_id: source }));
    expect(copy.body).toMatchObject({ num_rows: 2, column_names: ["a"], current_version_index: 1 });
  });
});

test("a content is filtered and sorted", async () => {
  const town = await open();
  const id = await create(town, "q", [
    { t: "apple", n: 10 },
    { t: "pear", n: 9 },
    { t: "pineapple" },
    { t: "fig", n: 100 },
  ]);
  const ask = async (body: object, more = "") =>
    (await town.ask("POST", `/galileo/v2/datasets/${id}/content/query${more}`, body)).body as Content;
  const texts = (page: Content) => page.rows.map(({ values }) => values[0]);
  expect(texts(await ask({ filters: [{ column_name: "t", value: "apple" }] }))).toEqual(["apple", "pineapple"]);
  expect(texts(await ask({ filters: [{ column_name: "t", value: "apple", operator: "ne" }] }))).toEqual([
    "pear",
    "pineapple",
    "fig",
  ]);
  expect(texts(await ask({ filters: [], sort: { column_name: "n" } }))).toEqual(["pear", "apple", "fig", "pineapple"]);
  const page = await ask({ sort: { column_name: "n", ascending: false } }, "?limit=2");
  expect([texts(page), page.rows[0].index, page.next_starting_token]).toEqual([["fig", "apple"], 3, 2]);
  const filtered = await ask({ filters: [{ column_name: "t", value: "p" }] }, "?limit=2&starting_token=1");
  expect([texts(filtered), filtered.paginated]).toEqual([["pear", "pineapple"], false]);
  expect(await ask({ sort: { column_name: "zz" } })).toMatchObject({
    detail: [{ loc: ["body", "sort", "column_name"] }],
  });
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns, "content"));
