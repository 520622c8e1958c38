/** Edits of whole tables in Galileo's words: columns, rollback, copies, mappings. Rows stream through, and what other faces know of them stays. */
import { expect, test } from "vitest";
import type { Value } from "@sheaf/core";
import { findings } from "../sync/town.js";
import { content, create, edit, form } from "./galileo-client.js";
import { Town } from "./town.js";

const count = 700;
const rows = Array.from({ length: count }, (_, n) => ({ a: `a${n}`, b: n, "@meta": "own", c: { k: "v" } }));

/** A town with a table whose rows have attributes that Galileo has no word for, and a description. */
async function tabled() {
  const town = await Town.open();
  const id = await create(town, "t", rows);
  const qa = town.repo.dataset("t");
  const ids: string[] = [];
  for await (const row of qa.rows()) ids.push(row.id);
  const tags: Value = { tags: ["kept"] };
  await qa.patch([
    ...ids.map(row => ({ op: "add", path: `/items/${row}/@meta`, value: tags }) as const),
    { op: "add", path: "/meta/description", value: "what it is" },
  ]);
  return { town, id, ids, qa };
}

test("columns swap names, go and come among edits of rows, in one version; attributes of rows stay", async () => {
  const { town, id, ids, qa } = await tabled();
  const shown = (await content(town, id)).rows.map(({ row_id }) => row_id);
  const rename = (from: string, to: string) => ({ edit_type: "rename_column", column_name: from, new_column_name: to });
  const edits = [
    { edit_type: "update_row", row_id: shown[1], values: { b: "put" } },
    rename("a", "x"),
    rename("b", "a"),
    rename("x", "b"),
    { edit_type: "delete_row", row_id: shown[0] },
    { edit_type: "remove_column", column_name: "c" },
    { edit_type: "append_row", values: { a: "end" } },
    { edit_type: "prepend_row", values: { d: "top" } },
  ];
  expect((await edit(town, id, edits)).status).toBe(204);
  const after = await content(town, id, "?limit=2000");
  expect(after.column_names).toEqual(["b", "a", "@meta", "d"]);
  expect(after.rows).toHaveLength(count + 1);
  expect(after.rows[1].values_dict).toEqual({ b: "a1", a: "put", "@meta": "own", d: null });
  expect(after.rows[count - 1].values_dict).toEqual({ b: `a${count - 1}`, a: count - 1, "@meta": "own", d: null });
  expect([after.rows[0].values[3], after.rows[count].values[1]]).toEqual(["top", "end"]);
  expect(await qa.get(ids[5])).toMatchObject({ item: { a: 5, b: "a5", "@meta": "own" }, meta: { tags: ["kept"] } });
  const versions = await town.ask("POST", `/galileo/datasets/${id}/versions/query`, {});
  expect(versions.body).toMatchObject({
    versions: [{ rows_added: 2, rows_removed: 1, rows_edited: count - 1, columns_renamed: 3 }, {}, {}],
  });
});

test("a rollback gives rows, ids and columns back, shares all that it had, and leaves what else is known of the dataset", async () => {
  const { town, id, qa } = await tabled();
  const before = await content(town, id, "?limit=2000");
  const { commit } = await town.repo.head();
  const remove = { edit_type: "remove_column", column_name: "b" };
  await edit(town, id, [remove, { edit_type: "filter_rows", row_ids: [before.rows[3].row_id] }]);
  await town.ask("PATCH", `/galileo/datasets/${id}`, { name: "renamed" });
  const back = await town.ask("PUT", `/galileo/datasets/${id}/content`, { rollback_version: 2 });
  expect([back.status, back.headers.get("etag")]).toEqual([204, before.etag]);
  const after = await content(town, id, "?limit=2000");
  expect([after.column_names, after.rows.map(({ row_id, values }) => [row_id, values])]).toEqual([
    before.column_names,
    before.rows.map(({ row_id, values }) => [row_id, values]),
  ]);
  const now = await town.repo.dataset("renamed").info();
  expect(now).toMatchObject({ count, meta: { description: "what it is" } });
  expect(now.id).toBe((await qa.info({ at: commit as string })).id);
  const first = await town.ask("PUT", `/galileo/datasets/${id}/content`, { rollback_version: 1 });
  expect(first.status).toBe(204);
  expect(await town.repo.dataset("renamed").info()).toMatchObject({ meta: { description: "what it is" } });
  expect(await findings(town.repo)).toEqual([]);
});

test("a copy has the other's rows under new ids and its columns alone, be it of a new dataset or of one that was there", async () => {
  const { town, id, ids } = await tabled();
  const other = await create(town, "o", [{ old: "1" }, { old: "2" }]);
  expect((await town.ask("PUT", `/galileo/datasets/${other}/content`, { dataset_id: id })).status).toBe(204);
  const made = await town.ask("POST", "/galileo/datasets", form({ name: "n", copy_from_dataset_id: id }));
  const column_mapping = '{"input":{"columns":["a"],"flatten":true}}';
  await town.ask("POST", "/galileo/datasets", form({ name: "m", copy_from_dataset_id: id, column_mapping }));
  const wanted = await content(town, id, "?limit=2000");
  for (const copy of [other, (made.body as { id: string }).id]) {
    const { rows: copied, column_names: columns } = await content(town, copy, "?limit=2000");
    expect(columns).toEqual(wanted.column_names);
    expect(copied.map(({ values }) => values)).toEqual(wanted.rows.map(({ values }) => values));
    expect(copied.some(({ row_id }) => ids.includes(row_id))).toBe(false);
  }
  for (const path of ["o", "n", "m"])
    for await (const row of town.repo.dataset(path).rows({ limit: 2 })) expect(row.meta).toEqual({ tags: ["kept"] });
  expect((await town.repo.dataset("m").info()).meta["columns"]).toEqual(["input"]);
});

test("a mapping makes columns of others; attributes stay, and writers that come at once lose nothing", async () => {
  const { town, id, qa, ids } = await tabled();
  const map = { column_mapping: { input: { columns: ["a"], flatten: true }, metadata: ["b"] } };
  const append = (n: number) => edit(town, id, [{ edit_type: "append_row", values: { input: `new ${n}` } }]);
  const [mapped, ...added] = await Promise.all([
    town.ask("PATCH", `/galileo/datasets/${id}`, map),
    ...Array.from({ length: 6 }, (_, n) => append(n)),
  ]);
  expect([mapped.status, added.map(({ status }) => status)]).toEqual([200, added.map(() => 204)]);
  expect((await qa.info()).count).toBe(count + 6);
  expect(await qa.get(ids[7])).toMatchObject({ item: { input: "a7" }, meta: { tags: ["kept"] } });
});

test("rows of a branch that was merged came in the version of the merge, though others were made meanwhile", async () => {
  const { town, id, qa, ids } = await tabled();
  await town.repo.branch("side");
  await qa.patch([{ op: "add", path: `/items/${ids[4]}/a`, value: "changed" }], { branch: "side" });
  const { id: row } = await qa.insert({ a: "new" }, { branch: "side" });
  for (let n = 0; n < 3; n++) await edit(town, id, [{ edit_type: "append_row", values: { a: `later ${n}` } }]);
  await town.repo.merge("side");
  await edit(town, id, [{ edit_type: "append_row", values: { a: "last" } }]);
  const { rows: all } = await content(town, id, "?limit=2000");
  expect(all[4].metadata).toMatchObject({ created_in_version: 1, updated_in_version: 6 });
  const merged = all.find(({ values }) => values[0] === "new");
  expect([row, merged?.metadata]).toEqual([
    expect.any(String),
    expect.objectContaining({ created_in_version: 6, updated_in_version: 6 }),
  ]);
  expect(all.at(-1)?.metadata).toMatchObject({ created_in_version: 7 });
});
