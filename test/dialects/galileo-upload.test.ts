/** Files that Galileo's dialect takes, and the ways in which a content is looked at. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { content, create, edit, form, opened, uuid } from "./galileo-client.js";
import type { Town } from "./town.js";

const towns: Town[] = [];
const open = () => opened(towns);

async function upload(format: string, file: string | Uint8Array, fields: Readonly<Record<string, string>> = {}) {
  const town = await open();
  const made = await town.ask("POST", `/galileo/datasets?format=${format}`, form({ name: "f", ...fields }, file));
  if (made.status !== 200) return { status: made.status, body: made.body as unknown };
  const { id } = made.body as { id: string };
  const { column_names: columns, rows } = await content(town, id);
  return { status: 200, columns, rows: rows.map(({ values }) => values), town, id };
}

/** What pyarrow wrote, compressed with lz4: texts, integers, floats, booleans, lists, structs, a dictionary and times. */
const feather = readFileSync(new URL("../../packages/server/src/dialects/galileo/pyarrow.feather", import.meta.url));

describe("a file", () => {
  test("of feather keeps the kinds of numbers, and shows lists and flags as text", async () => {
    const made = await upload("feather", feather);
    expect(made).toMatchObject({
      columns: ["input", "n", "big", "f", "ok", "l", "s", "d", "t"],
      rows: [
        ["hi".repeat(200), 1, 2 ** 62, 1.5, "true", "[1,2]", { a: 1, b: "x" }, "x", "2024-01-02T03:04:05.000Z"],
        ["there", 2, null, 2, "false", "[]", { a: null, b: "y" }, "y", null],
        [null, 3, -5, null, null, null, null, "x", null],
      ],
    });
    const { town, id } = made as { town: Town; id: string };
    const { text } = await town.ask("GET", `/galileo/datasets/${id}/content`);
    expect(text).toContain('"big":4611686018427387904');
    expect(text).toContain('"f":2.0');
  });

  test.each([
    [
      "csv",
      'b,a\n"x,1",\n2,"y ""z"""\n',
      ["b", "a"],
      [
        ["x,1", null],
        ["2", 'y "z"'],
      ],
    ],
    ["csv", "", [], []],
    ["csv", "a,b\n", ["a", "b"], []],
    [
      "jsonl",
      '{"b":1,"a":"x"}\n\n{"c":1.5}\r\n{}\n',
      ["b", "a", "c"],
      [
        [1, "x", null],
        [null, null, 1.5],
        [null, null, null],
      ],
    ],
    ["jsonl", "", [], []],
    [
      "jsonl",
      '\ufeff{"a":true,"b":[1,{"x":null}],"c":{"d":{"e":1}},"f":{"g":1}}',
      ["a", "b", "c", "f"],
      [["true", '[1,{"x":null}]', '{"d":{"e":1}}', { g: 1 }]],
    ],
    [
      "json",
      '[{"a":1},{"b":2}]',
      ["a", "b"],
      [
        [1, null],
        [null, 2],
      ],
    ],
    [
      "json",
      '{"a":[1,2],"b":["x"]}',
      ["a", "b"],
      [
        [1, "x"],
        [2, null],
      ],
    ],
    ["json", "[]", [], []],
  ])("%s %j becomes rows, columns in the order in which they come", async (format, file, columns, rows) => {
    expect(await upload(format, file)).toMatchObject({ status: 200, columns, rows });
  });

  test.each([
    ["jsonl", '{"a":1}\n[2]', "line 2 of the file is no object"],
    ["jsonl", '{"a":1}\n{"b":', "line 2"],
    ["jsonl", '{"a":"\\ud800"}', "surrogate"],
    ["json", '"x"', "neither a list"],
    ["json", '{"a":1}', "is no list"],
    ["feather", "ARROW1\0\0nonsense", "Arrow"],
    ["feather", "", "it is empty"],
    ["csv", 'a,b\n"x', "csv"],
  ])("%s %j is refused, and nothing is stored", async (format, file, words) => {
    const refused = await upload(format, file);
    expect(refused).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ["body", "file"], msg: expect.stringContaining(words) as string }] },
    });
  });

  test("names the dataset where the form does not, as older SDKs have it; a name is needed", async () => {
    const town = await open();
    const made = await town.ask("POST", "/galileo/datasets", form({}, "a\n1\n", "from file"));
    expect(made.body).toMatchObject({ name: "from file", num_rows: 1 });
    const nameless = await town.ask("POST", "/galileo/datasets", form({ draft: "true" }));
    expect(nameless.body).toMatchObject({ detail: [{ loc: ["body", "name"] }] });
    expect((await town.ask("POST", "/galileo/datasets", form({ name: "x".repeat(129) }))).status).toBe(422);
    expect((await town.ask("POST", "/galileo/datasets?format=xml", form({ name: "x" }))).status).toBe(422);
    expect((await town.ask("POST", "/galileo/datasets")).status).toBe(422);
    expect((await town.ask("GET", "/galileo/datasets")).body).toMatchObject({ datasets: [{ name: "from file" }] });
  });
});

const mapping = {
  input: { columns: ["q"], flatten: true },
  output: ["a"],
  metadata: { columns: ["n", "q"] },
  mgt: { best: ["a", "n"] },
};

test("columns are mapped: looked at before, made so at creation, or later in a version of its own", async () => {
  const rows = [
    { q: "?", a: "!", n: 1 },
    { q: "??", a: null, n: 2 },
  ];
  const wanted = {
    column_names: ["input", "output", "metadata", "best"],
    values: ["?", '{"a":"!"}', '{"n":"1","q":"?"}', '{"a":"!","n":1}'],
  };
  const town = await open();
  const id = await create(town, "m", rows);
  const preview = await town.ask("POST", `/galileo/datasets/${id}/preview?limit=1`, { column_mapping: mapping });
  expect(preview.body).toMatchObject({
    paginated: true,
    column_names: wanted.column_names,
    rows: [{ values: wanted.values }],
  });
  expect((await content(town, id)).column_names).toEqual(["q", "a", "n"]);
  expect((await town.ask("POST", `/galileo/datasets/${id}/preview`)).body).toMatchObject({
    column_names: ["q", "a", "n"],
  });
  const unknown = await town.ask("POST", `/galileo/datasets/${id}/preview`, { column_mapping: { input: ["zz"] } });
  expect(unknown.body).toMatchObject({ detail: [{ loc: ["body", "column_mapping", "input"] }] });
  const patched = await town.ask("PATCH", `/galileo/datasets/${id}`, { column_mapping: mapping });
  expect(patched.body).toMatchObject({ column_names: wanted.column_names, current_version_index: 2 });
  const lines = rows.map(row => JSON.stringify(row)).join("\n");
  const fields = { name: "n", draft: "true", column_mapping: JSON.stringify(mapping) };
  const made = (await town.ask("POST", "/galileo/datasets?format=jsonl", form(fields, lines))).body as { id: string };
  expect(made).toMatchObject({ column_names: wanted.column_names, draft: true });
  expect((await content(town, made.id)).rows[0].values).toEqual(wanted.values);
  expect((await town.ask("PATCH", `/galileo/datasets/${made.id}`, { draft: false })).body).toMatchObject({
    draft: false,
    current_version_index: 1,
  });
});

test("a content is downloaded as CSV, or as JSON by who takes nothing else", async () => {
  const town = await open();
  const id = await create(town, 'd "x"', [{ a: 'x "1", y', b: 2 }, { b: null }]);
  const csv = await town.ask("GET", `/galileo/datasets/${id}/download`, undefined, { accept: "*/*" });
  expect([csv.headers.get("content-type"), csv.text]).toEqual(["text/csv; charset=utf-8", 'a,b\n"x ""1"", y",2\n,\n']);
  expect(csv.headers.get("content-disposition")).toContain("attachment");
  const asJson = await town.ask("GET", `/galileo/datasets/${id}/download`, undefined, { accept: "application/json" });
  expect(asJson.body).toEqual([
    { a: 'x "1", y', b: 2 },
    { a: null, b: null },
  ]);
});

test("variables are the keys of inputs that are JSON objects", async () => {
  const town = await open();
  const id = await create(town, "v", [
    { input: { q: 1 } },
    { input: '{"q":1,"r":["x"]}' },
    { input: "plain" },
    { input: "{no" },
  ]);
  expect((await town.ask("GET", `/galileo/datasets/${id}/variable_preview`)).body).toEqual([
    { key: "q", values: [1] },
    { key: "r", values: [["x"]] },
  ]);
});

test("sharing is kept, makes no version and gives no rights; the caller owns all", async () => {
  const town = await open();
  const id = await create(town, "s", []);
  const at = `/galileo/datasets/${id}`;
  const listed = async (kind: string) =>
    ((await town.ask("GET", `${at}/${kind}`)).body as { collaborators: object[] }).collaborators;
  const owner = { role: "owner", email: "server@example.org" };
  expect(await listed("users")).toMatchObject([owner]);
  const people = [{ user_email: "a@example.org", role: "editor" }, { user_id: uuid(1) }];
  const made = await town.ask("POST", `${at}/users`, people);
  expect(made.body).toMatchObject([
    { role: "editor", email: "a@example.org" },
    { role: "viewer", user_id: uuid(1) },
  ]);
  const wrong = await Promise.all([
    town.ask("POST", `${at}/users`, [{}]),
    town.ask("PATCH", `${at}/users/${uuid(1)}`, { role: "king" }),
    town.ask("PATCH", `${at}/users/${uuid(9)}`, { role: "viewer" }),
    town.ask("DELETE", `${at}/groups/${uuid(1)}`),
  ]);
  expect(wrong.map(({ status }) => status)).toEqual([422, 422, 404, 404]);
  const groups = Array.from({ length: 8 }, (_, n) => town.ask("POST", `${at}/groups`, [{ group_id: uuid(20 + n) }]));
  await Promise.all([...groups, town.ask("PATCH", `${at}/users/${uuid(1)}`, { role: "annotator" })]);
  expect((await listed("users")).slice(1)).toMatchObject([{ role: "editor" }, { role: "annotator", user_id: uuid(1) }]);
  expect(await listed("groups")).toHaveLength(8);
  expect((await town.ask("PATCH", `${at}/groups/${uuid(22)}`, { role: "owner" })).body).toMatchObject({
    group_id: uuid(22),
    role: "owner",
  });
  for (const gone of [`users/${uuid(1)}`, `groups/${uuid(20)}`])
    expect((await town.ask("DELETE", `${at}/${gone}`)).status).toBe(200);
  expect([(await listed("users")).length, (await listed("groups")).length]).toEqual([2, 7]);
  expect((await town.ask("GET", at)).body).toMatchObject({ current_version_index: 1 });
});

test("what other faces wrote is shown, and kept exactly where it is not edited", async () => {
  const town = await open();
  await town.repo
    .dataset("other")
    .import([{ id: "q1", flag: true, deep: { a: { b: [1.5] } }, tags: ["x"] }], { key: "id" });
  const { datasets } = (await town.ask("GET", "/galileo/datasets")).body as { datasets: { id: string }[] };
  const { id } = datasets[0];
  const page = await content(town, id);
  expect(page.column_names).toEqual(["deep", "flag", "id", "tags"]);
  expect(page.rows[0].values).toEqual(['{"a":{"b":[1.5]}}', "true", "q1", '["x"]']);
  const { row_id: row } = page.rows[0];
  expect((await edit(town, id, [{ edit_type: "update_row", row_id: row, values: { flag: "no" } }])).status).toBe(204);
  expect(
    (await edit(town, id, [{ edit_type: "rename_column", column_name: "tags", new_column_name: "marks" }])).status,
  ).toBe(204);
  expect((await town.repo.dataset("other").get("q1"))?.item).toEqual({
    id: "q1",
    flag: "no",
    deep: { a: { b: [1.5] } },
    marks: ["x"],
  });
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns, "uploads"));
