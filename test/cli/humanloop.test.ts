/** `sheaf import --from humanloop-export`, as typed. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { freshShell } from "./shell.js";

function exported() {
  const shell = freshShell();
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(shell.folder, "export/files/ds_1", name)), { recursive: true });
    shell.write(`export/files/ds_1/${name}`, text);
  };
  const by = '"created_by":{"id":"usr_1","email_address":"bob@example.org","full_name":"Bob"}';
  write("file.json", '{"id":"ds_1","type":"dataset","path":"evals/qa"}');
  write("versions/dsv_b", `{"version_id":"dsv_b","version_name":"v2","created_at":"2025-02-01T00:00:00Z",${by}}`);
  write("versions/dsv_a", `{"version_id":"dsv_a","created_at":"2025-01-01T00:00:00Z",${by}}`);
  write("datapoints/dsv_a/1.jsonl", '{"id":"dp_1","inputs":{"q":"a"}}\n');
  write("datapoints/dsv_b/1.jsonl", '{"id":"dp_2","inputs":{"q":"b"}}\n{"id":"dp_1","inputs":{"q":"a"}}\n');
  write("deployments.json", '[{"version_id":"dsv_a","environment_name":"production","environment_tag":"default"}]');
  return shell;
}

test("every version is a commit of its author and time, and what was deployed is an environment", async () => {
  const shell = exported();
  await shell.sheaf("init");
  const done = { dataset: "evals/qa", id: "ds_1", made: 2, known: 0, deployments: 1, datapoints: 2 };
  expect(await shell.json("import", "--from", "humanloop-export", "export")).toEqual([done]);
  const log = await shell.json("log", "--dataset", "evals/qa");
  expect(log.map(({ author, message }) => [author.email, author.time, message])).toEqual([
    ["bob@example.org", Date.UTC(2025, 1) / 1000, "v2"],
    ["bob@example.org", Date.UTC(2025, 0) / 1000, "Version dsv_a of evals/qa from Humanloop"],
  ]);
  expect((await shell.json("rows", "evals/qa")).map(({ id }) => id)).toEqual(["dp_2", "dp_1"]);
  expect(await shell.sheaf("import", "--from", "humanloop-export", "export")).toBe(
    "evals/qa: versions: 0 made, 2 known, 0 deployed; datapoints: 2\n",
  );
});

test("it takes one folder that is an export, and no other options; an import without it takes a file", async () => {
  const shell = exported();
  await shell.sheaf("init");
  expect(await shell.run(["import", "--from", "humanloop-export", "nowhere"])).toMatchObject({ code: 2 });
  expect(await shell.run(["import", "--from", "humanloop-export", "a", "b"])).toMatchObject({ code: 2 });
  expect(await shell.run(["import", "--from", "humanloop-export", "export", "--dedupe"])).toMatchObject({ code: 2 });
  expect(await shell.run(["import", "--from", "elsewhere", "export"])).toMatchObject({ code: 2 });
  expect(await shell.run(["import", "qa"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("a file is wanted"),
  });
});
