/** One dataset through all faces: what one writes, every other shows, versions and edits; and all of them at once lose nothing. */
import { createToken } from "@sheaf/server";
import { describe, expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { ArizeClient, ok, type Dataset } from "./arize-client.js";
import { facesOf, type Item } from "./faces.js";
import { uuid7 } from "./opik-client.js";
import { Town } from "./town.js";

const names = ["opik", "arize", "galileo", "humanloop", "native"] as const;
const items: readonly Item[] = [
  { q: "one", n: 1 },
  { q: "two", n: 2 },
  { q: "three", n: 3 },
];

/** A row of Humanloop is `{ inputs }` to the others, and what the others wrote is inputs to it. */
const bare = (item: Item): Item => (Object.keys(item).join() === "inputs" ? (item["inputs"] as Item) : item);

describe.each(names)("a dataset that %s makes", maker => {
  test("is read the same by all, in its order, with its times and versions", async () => {
    const town = await Town.open();
    const faces = facesOf(town);
    await faces[maker].create("qa", items);
    const created = [];
    for await (const { createdTime } of town.repo.dataset("qa").blame()) created.push(createdTime);
    const times = created.map(time => new Date(time * 1000).getTime());
    for (const reader of names) {
      const rows = await faces[reader].rows("qa");
      expect([reader, rows.map(({ item }) => bare(item))]).toEqual([reader, items]);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
      for (const row of rows)
        if (row.created !== undefined) expect(times).toContain(Math.floor(Date.parse(row.created) / 1000) * 1000);
    }
    const counts = await Promise.all(names.map(name => faces[name].versions("qa")));
    // Natively a dataset is made before its rows are: two versions to who counts commits.
    expect(new Set(counts).size).toBe(1);
  });

  test("is edited by all in turn: each sees what the others did, ids stay, and the first version stays as it was", async () => {
    const town = await Town.open();
    const faces = facesOf(town);
    await faces[maker].create("qa", items);
    const first = (await faces[maker].versions("qa")) - 1;
    const before = new Map<string, string[]>();
    for (const name of names)
      before.set(
        name,
        (await faces[name].rows("qa")).map(({ id }) => id),
      );
    const model = items.map(item => ({ ...item }));
    for (const editor of names.filter(name => name !== "arize")) {
      await faces[editor].add("qa", { q: `from ${editor}`, n: model.length });
      model.push({ q: `from ${editor}`, n: model.length });
      const rows = await faces[editor].rows("qa");
      await faces[editor].remove("qa", rows[rows.length - 2].id);
      model.splice(-2, 1);
      for (const reader of names)
        expect([editor, reader, (await faces[reader].rows("qa")).map(({ item }) => bare(item))]).toEqual([
          editor,
          reader,
          model,
        ]);
    }
    for (const name of names)
      expect([name, (await faces[name].rows("qa")).slice(0, 2).map(({ id }) => id)]).toEqual([
        name,
        before.get(name)?.slice(0, 2),
      ]);
    for (const reader of names)
      expect([reader, (await faces[reader].rows("qa", first)).map(({ item }) => bare(item))]).toEqual([reader, items]);
    const counts = await Promise.all(names.map(name => faces[name].versions("qa")));
    expect(new Set(counts).size).toBe(1);
    // Arize changes the newest version in place.
    const [{ id }] = await faces.arize.rows("qa");
    await faces.arize.add("qa", { q: "from arize", n: 9 });
    await faces.arize.remove("qa", id);
    for (const reader of names)
      expect([reader, (await faces[reader].rows("qa")).map(({ item }) => bare(item))]).toEqual([
        reader,
        [...model.slice(1), { q: "from arize", n: 9 }],
      ]);
    for (const name of ["opik", "arize", "galileo", "native"] as const)
      expect([name, await faces[name].versions("qa")]).toEqual([name, counts[0]]);
    expect(await findings(town.repo)).toEqual([]);
  });
});

test("what one face knows of rows stays when others edit: tags, sources, annotations, and a description", async () => {
  const town = await Town.open();
  const { opik, arize, galileo, humanloop } = facesOf(town);
  const root = "/opik/api/v1/private";
  ok(await town.ask("POST", `${root}/datasets`, { name: "qa", description: "About sums", tags: ["gold"] }), 201);
  const items = [1, 2].map(n => ({
    id: uuid7(),
    source: "manual",
    tags: [`t${n}`],
    description: `d${n}`,
    data: { q: `${n}`, n },
  }));
  ok(await town.ask("PUT", `${root}/datasets/items`, { dataset_name: "qa", items, batch_group_id: uuid7() }), 204);
  const client = ArizeClient.of(town);
  const { datasets } = ok(await client.get("/datasets"), 200).body as { datasets: Dataset[] };
  const at = `/datasets/${encodeURIComponent(datasets[0].id)}/examples`;
  const annotations = items.map(({ id }) => ({
    record_id: id,
    values: [{ name: "quality", score: 0.5, label: "good" }],
  }));
  ok(await client.post(`${at}/annotate`, { annotations }), 202);
  const [first] = await galileo.rows("qa");
  await galileo.set("qa", first.id, "n", 10);
  await arize.set("qa", items[1].id, "n", 20);
  await opik.set("qa", items[0].id, "more", "m");
  await humanloop.add("qa", { q: "3" });
  const shown = ok(await client.get(at), 200).body as { examples: Item[] };
  expect(
    shown.examples.map(({ n, more, annotations }) => [n, more, (annotations as Item[] | undefined)?.[0]]),
  ).toMatchObject([
    [10, "m", { name: "quality", score: 0.5, label: "good" }],
    [20, undefined, { name: "quality" }],
    [undefined, undefined, undefined],
  ]);
  const page = ok(await town.ask("POST", `${root}/datasets/items/stream`, { dataset_name: "qa" }), 200);
  const lines = page.text
    .trim()
    .split(/\s*\n/)
    .map(line => JSON.parse(line) as Item);
  expect(lines.slice(1)).toMatchObject([
    { id: items[1].id, source: "manual", tags: ["t2"], description: "d2", data: { n: 20 } },
    { id: items[0].id, source: "manual", tags: ["t1"], description: "d1", data: { n: 10, more: "m" } },
  ]);
  expect(await town.repo.dataset("qa").info()).toMatchObject({
    meta: { description: "About sums", attributes: { opik: { tags: ["gold"] } } },
  });
});

test("a version that Arize changes in place, though newer ones are there, is what all others show of it then", async () => {
  const town = await Town.open();
  const faces = facesOf(town);
  await faces.opik.create("qa", items);
  await faces.galileo.add("qa", { q: "four", n: 4 });
  const client = ArizeClient.of(town);
  const { datasets } = ok(await client.get("/datasets"), 200).body as { datasets: Dataset[] };
  const id = encodeURIComponent(datasets[0].id);
  const old = (await client.dataset(id)).versions[1].id;
  ok(
    await client.post(`/datasets/${id}/examples?dataset_version_id=${encodeURIComponent(old)}`, {
      examples: [{ q: "old", n: 0 }],
    }),
    201,
  );
  for (const name of ["opik", "arize", "galileo", "native"] as const) {
    expect([name, (await faces[name].rows("qa", 0)).map(({ item }) => item)]).toEqual([
      name,
      [...items, { q: "old", n: 0 }],
    ]);
    expect([name, (await faces[name].rows("qa")).length, await faces[name].versions("qa")]).toEqual([name, 4, 2]);
  }
  expect((await faces.humanloop.rows("qa")).length).toBe(4);
  expect(await findings(town.repo)).toEqual([]);
});

test("a tag of Opik's and a deployment of Humanloop's are one thing, and follow a version that changes in place", async () => {
  const town = await Town.open();
  const faces = facesOf(town);
  await faces.opik.create("qa", items);
  const root = "/opik/api/v1/private";
  const { id } = ok(await town.ask("POST", `${root}/datasets/retrieve`, { dataset_name: "qa" }), 200).body as {
    id: string;
  };
  const versions = async () =>
    (
      ok(await town.ask("GET", `${root}/datasets/${id}/versions`), 200).body as {
        content: { version_hash: string; tags: string[] }[];
      }
    ).content;
  const hash = (await versions())[0].version_hash;
  ok(await town.ask("POST", `${root}/datasets/${id}/versions/hash/${hash}/tags`, { tag: "staging" }), 204);
  await faces.arize.add("qa", { q: "in place", n: 4 });
  await faces.galileo.add("qa", { q: "newer", n: 5 });
  expect((await versions()).map(({ tags }) => tags)).toEqual([["latest"], ["staging"]]);
  const path = { path: "qa" };
  const hl = (method: string, at: string, body?: unknown) =>
    town.ask(method, `/humanloop/v5${at}`, body, { "x-api-key": "key" });
  const file = ok(await hl("POST", "/files/retrieve-by-path", path), 200).body as { id: string };
  const deployed = ok(await hl("GET", `/datasets/${file.id}?environment=staging&include_datapoints=true`), 200);
  expect((deployed.body as { datapoints: { inputs: Item }[] }).datapoints.map(({ inputs }) => inputs["n"])).toEqual([
    1, 2, 3, 4,
  ]);
  const newest = ok(await hl("GET", `/datasets/${file.id}/versions`), 200).body as {
    records: { version_id: string }[];
  };
  ok(await hl("POST", `/datasets/${file.id}/environments/production?version_id=${newest.records[0].version_id}`), 200);
  expect((await versions())[0].tags.toSorted()).toEqual(["latest", "production"]);
});

test("of many clients of all vendors at once on one dataset, nothing that was acknowledged is lost", async () => {
  const town = await Town.open();
  const faces = facesOf(town);
  await faces.opik.create("busy", items);
  const acknowledged: string[] = [];
  const writers = names.flatMap(name => Array.from({ length: 8 }, (_, i) => ({ name, q: `${name} ${i}` })));
  await Promise.all(
    writers.map(async ({ name, q }, n) => {
      await faces[name].add("busy", { q, n });
      acknowledged.push(q);
    }),
  );
  expect(acknowledged.length).toBe(writers.length);
  for (const name of names) {
    const seen = (await faces[name].rows("busy")).map(({ item }) => bare(item)["q"]);
    expect([name, seen.toSorted()]).toEqual([name, [...items.map(({ q }) => q), ...acknowledged].sort()]);
  }
  expect(await findings(town.repo)).toEqual([]);
});

test("Opik's groups and Arize that write into one older version at once lose nothing there, and its tag stays on it", async () => {
  const town = await Town.open();
  const faces = facesOf(town);
  const root = "/opik/api/v1/private";
  const group = uuid7();
  const put = (q: string) => {
    const item = { id: uuid7(), source: "sdk", data: { q } };
    return town.ask("PUT", `${root}/datasets/items`, { dataset_name: "qa", items: [item], batch_group_id: group });
  };
  ok(await put("first"), 204);
  await town.repo.setEnvironment("qa", "gold", "HEAD");
  await faces.galileo.add("qa", { q: "second" });
  const client = ArizeClient.of(town);
  const { datasets } = ok(await client.get("/datasets"), 200).body as { datasets: Dataset[] };
  const id = encodeURIComponent(datasets[0].id);
  const old = (await client.dataset(id)).versions[1].id;
  const at = `/datasets/${id}/examples?dataset_version_id=${encodeURIComponent(old)}`;
  const writes = [0, 1, 2, 3].flatMap(n => [put(`opik ${n}`), client.post(at, { examples: [{ q: `arize ${n}` }] })]);
  expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([204, 201, 204, 201, 204, 201, 204, 201]);
  const wanted = ["first", ...["arize", "opik"].flatMap(who => [0, 1, 2, 3].map(n => `${who} ${n}`))].sort();
  const seen = (await faces.opik.rows("qa", 0)).map(({ item }) => item["q"]);
  expect(seen.toSorted()).toEqual(wanted);
  const [first] = await town.repo.versions.of("qa");
  expect(await town.repo.environments("qa")).toEqual([{ name: "gold", commit: first.commit }]);
  expect(await findings(town.repo)).toEqual([]);
});

test("what a dataset held under a name that a token may not touch is not shown to who has that token", async () => {
  const town = await Town.open();
  await town.repo.dataset("secret/qa").import([{ q: "hidden" }]);
  await town.repo.renameDataset("secret/qa", "mine/qa");
  await town.repo.dataset("mine/qa").import([{ q: "shown" }]);
  const local = town.repo.local();
  const by = { name: "Ada", email: "ada@example.org", scope: "write" } as const;
  const all = (await createToken(local, by)).secret;
  const some = (await createToken(local, { ...by, datasets: ["mine/*"] })).secret;
  const opik = (version: string) => (key: string) =>
    town.ask(
      "POST",
      "/opik/api/v1/private/datasets/items/stream",
      { dataset_name: "mine/qa", dataset_version: version },
      { authorization: key },
    );
  const asGalileo = (path: string, key: string) =>
    town.ask("GET", `/galileo/datasets${path}`, undefined, { "galileo-api-key": key });
  const galileo = (version: number) => async (key: string) => {
    const { datasets } = (await asGalileo("", key)).body as { datasets: { id: string }[] };
    return asGalileo(`/${datasets[0].id}/versions/${version}/content`, key);
  };
  const { id } = await town.repo.dataset("mine/qa").info();
  const [dataset, ...versions] = [`Dataset:1:${id}`, `DatasetVersion:1:${id}`, `DatasetVersion:3:${id}`].map(text =>
    encodeURIComponent(btoa(text)),
  );
  const arize = (at: number) => (key: string) =>
    town.ask("GET", `/arize/v2/datasets/${dataset}/examples?dataset_version_id=${versions[at]}`, undefined, {
      authorization: `Bearer ${key}`,
    });
  for (const ask of [opik("v1"), galileo(1), arize(0)]) {
    expect((await ask(all)).text).toContain("hidden");
    const { status, text } = await ask(some);
    expect([status, text.includes("hidden")]).toEqual([403, false]);
  }
  for (const ask of [opik(""), galileo(3), arize(1)]) expect((await ask(some)).text).toContain("shown");
});
