/** What no SDK would send to Arize's routes: refused as a problem with its status, never with 5xx, and nothing of it stored. */
import { allDialects } from "@sheaf/server";
import { expect, test } from "vitest";
import { ArizeClient, ok } from "./arize-client.js";
import { brokenBodies, nested } from "./nonsense.js";

const bodies = [
  ...brokenBodies,
  "{}",
  '{"name":1,"examples":1}',
  '{"name":"a","name":"b"}',
  '{"__proto__":{"name":"x"}}',
  '{"name":"\\u0000","space_id":"SPACE","examples":[{"a":1e999}]}',
  '{"name":"x","space_id":"SPACE","examples":[{"a":NaN}]}',
  `{"name":"x","space_id":"SPACE","examples":[${nested(5000)}]}`,
  '{"name":"x","space_id":"SPACE","examples":[null,1,"x",[]]}',
  '{"name":"x","space_id":"SPACE","examples":{"0":{"a":1}}}',
  '{"name":"x","space_id":"SPACE","examples":[{"__proto__":1,"id":""}]}',
  '{"name":"../x","space_id":"U3BhY2U6MQ==","examples":[{}]}',
  JSON.stringify({ name: "x", space_id: "SPACE", examples: Array.from({ length: 1001 }, (_, a) => ({ a })) }),
  '{"examples":[{"id":1}],"new_version":1}',
  '{"examples":[{"id":"x","created_at":1}],"new_version":"v1"}',
  '{"dataset_version_id":"\\u0000","example_ids":["x"]}',
  '{"dataset_version_id":"VERSION","example_ids":[1]}',
  '{"dataset_version_id":"VERSION","example_ids":["x","x"]}',
  '{"annotations":[{"record_id":"x","values":[{"name":"__proto__","score":"1"}]}]}',
  '{"annotations":[{"record_id":"__proto__","values":[]}],"annotator":"x"}',
  '{"annotations":[{"record_id":"x","values":[{"name":"q","score":1e999}]}]}',
  '{"experiment_runs":[{"output":"x"}],"name":"x","dataset_id":"DATASET","space_id":"SPACE"}',
  '{"experiment_runs":[{"output":"x","example_id":{}}],"name":"x","dataset_id":"DATASET"}',
  '{"experiment_runs":[{"output":1,"example_id":"x"}],"name":"x","dataset_id":"DATASET"}',
  '{"annotation_config_type":"__proto__","name":"x","space_id":"SPACE","values":[[]]}',
  '{"annotation_config_type":"CATEGORICAL","name":"x","space_id":"SPACE","values":[{"label":1}]}',
  '{"annotation_config_type":"CONTINUOUS","name":"x","space_id":"SPACE","minimum_score":"0","maximum_score":[]}',
  '{"organization_id":1,"name":[],"description":{}}',
  JSON.stringify({ name: "x".repeat(100_000), space_id: "SPACE", examples: [] }),
];

const ids = [
  "qa",
  "%00",
  "%ff",
  "..%2f..",
  "__proto__",
  "A".repeat(3000),
  ...[":", "Dataset:1:", "Dataset:1:__proto__", "Space:1:%00", "Experiment:1:zz", "\u00ff\u00fe:\u0000", "=:="].map(
    text => encodeURIComponent(btoa(text)),
  ),
  "RGF0YXNldDox",
  "%3D%3D%3D%3D",
];

const queries = [
  "limit=-1",
  "limit=1e9&cursor=",
  "limit=99999999999999999999",
  "limit=10&limit=20",
  "cursor=%00",
  "cursor=__proto__",
  `cursor=${btoa('["x"]')}`,
  `cursor=${btoa("[1,2]")}`,
  `cursor=${btoa('{"0":"a","1":"b"}')}`,
  `cursor=${btoa('["a","b","c"]')}`,
  `cursor=${"A".repeat(5000)}`,
  "space_id=qa&dataset_id=%ff",
  "dataset_version_id=%F0%9F%99%82",
  "dataset_version_id=RGF0YXNldFZlcnNpb246MTp4&limit=x",
];

interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

const routes = allDialects.find(({ name }) => name === "arize")?.routes ?? [];

/** Every route with every body or query at a place that is there, and once at each place that cannot be. */
function* probes(there: Readonly<Record<string, string>>): Generator<Probe> {
  for (const { method, path } of routes) {
    const at = (name?: string) => path.replace(/\{(\w+)\}/g, (_, key: string) => name ?? there[key] ?? "none");
    const isRead = method === "GET";
    if (path.includes("{")) for (const id of ids) yield { method, path: at(id), ...(isRead ? {} : { body: "{}" }) };
    if (isRead) for (const query of queries) yield { method, path: `${at()}?${query}` };
    const hasBody = !isRead && !(method === "DELETE" && path.endsWith("}"));
    if (hasBody) for (const body of bodies) yield { method, path: at(), body };
    if (hasBody) yield { method, path: at() };
  }
}

test("every route answers nonsense with a problem that tells its status and never with 5xx, and what was there stays", async () => {
  const arize = await ArizeClient.open();
  const dataset = await arize.create("qa", [{ a: 1 }, { a: 2 }]);
  const before = [await arize.dataset(dataset), await arize.examples(dataset)];
  const space = await arize.space();
  const dataset_id = decodeURIComponent(dataset);
  const made = ok(
    await arize.post("/experiments", { name: "e", dataset_id, experiment_runs: [{ output: "x", example_id: "y" }] }),
    201,
  ).body as { id: string };
  const config = ok(
    await arize.post("/annotation-configs", { name: "c", space_id: space, annotation_config_type: "FREEFORM" }),
    201,
  ).body as { id: string };
  const head = await arize.town.repo.head();
  const words = { SPACE: space, DATASET: dataset_id, VERSION: (await arize.dataset(dataset)).versions[0].id };
  const odd: string[] = [];
  for (const { method, path, body } of probes({
    dataset_id: dataset,
    space_id: encodeURIComponent(space),
    experiment_id: encodeURIComponent(made.id),
    annotation_config_id: encodeURIComponent(config.id),
  })) {
    const filled = body?.replace(/SPACE|DATASET|VERSION/g, word => words[word as keyof typeof words]);
    // A name alone is all that a renaming wants.
    const sent = method === "PATCH" ? filled?.replace(/"name":"[^"]*"/, '"name":7') : filled;
    const { status, text, body: told } = await arize.town.ask(method, `/arize${path}`, sent);
    const { status: inBody, title } = (told ?? {}) as { status?: unknown; title?: unknown };
    if (status < 400 && (method === "GET" || path.endsWith("/search"))) continue;
    if (status >= 400 && status < 500 && inBody === status && typeof title === "string") continue;
    odd.push(`${method} ${path.slice(0, 80)} ${body?.slice(0, 70) ?? ""}: ${status} ${text.slice(0, 120)}`);
  }
  expect(odd).toEqual([]);
  expect([await arize.dataset(dataset), await arize.examples(dataset)]).toEqual(before);
  expect((await arize.town.repo.head()).commit).toBe(head.commit);
});

test("what another hand wrote among the records holds nothing up: ids and datasets that no space, config or experiment has", async () => {
  const arize = await ArizeClient.open();
  await arize.create("qa", [{ a: 1 }]);
  const told = { name: "x", created_at: "2026-01-01T00:00:00Z", dataset: "проба", space: "проба", runs: 1 };
  const rows = ["проба", "0".repeat(32)].map(id => ({ id, ...told }));
  for (const kind of ["arize-spaces", "arize-annotation-configs", "arize-experiments"])
    await arize.town.repo.dataset(`records/${kind}`).import(rows, { key: "id" });
  const lists = ["/spaces", "/annotation-configs", "/experiments", "/datasets"];
  const answers = await Promise.all(lists.map(path => arize.get(path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const experiment = encodeURIComponent(btoa(`Experiment:1:${"0".repeat(32)}`));
  expect((await arize.get(`/experiments/${experiment}`)).status).toBe(404);
  expect((await arize.get(`/spaces/${encodeURIComponent(btoa("Space:1:"))}`)).status).toBe(404);
});
