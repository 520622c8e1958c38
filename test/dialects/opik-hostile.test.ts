/** What no SDK would send to Opik's routes: refused in Opik's shape, never with 5xx, and nothing of it stored. */
import { allDialects } from "@sheaf/server";
import { expect, test } from "vitest";
import { ok, OpikClient, uuid7 } from "./opik-client.js";
import { brokenBodies } from "./nonsense.js";

const bodies = [
  ...brokenBodies,
  "{}",
  '{"name":1}',
  '{"name":"a","name":"b"}',
  '{"__proto__":{"name":"x"}}',
  '{"dataset_name":"nonsense","items":[{"source":"sdk","data":{"a":1e999}}]}',
  '{"dataset_name":"nonsense","items":[null,1,"x",[]]}',
  '{"dataset_name":"nonsense","items":{"a":1},"steam_limit":1e9,"filters":[[]]}',
  '{"dataset_name":"nonsense","last_retrieved_id":"../..","filters":"{}"}',
  '{"ids":["x"],"item_ids":[1],"filters":[{"field":"__proto__","operator":"constructor","value":"x"}],"update":[]}',
  '{"ids":[],"base_version":"x","added_items":[{}],"edited_items":[{}],"tags":["\\u0000"],"tag":"\\u0000/../x"}',
  '{"version_ref":"\\u0000","version_name":"v999999999999999999999","model":"m","sample_count":-1}',
  '{"traces":[{"id":"x"}],"spans":[{}],"scores":[{}],"assertion_results":[{}],"experiment_items":[{}]}',
  '{"name":"x","id":"00000000-0000-7000-8000-000000000000","metadata":{"__proto__":1},"tags":[1]}',
  JSON.stringify({ name: "x".repeat(100_000), dataset_name: "y".repeat(100_000), description: "z".repeat(100_000) }),
];

const names = ["not-a-uuid", "%00", "%ff", "..%2f..", "__proto__", "0".repeat(3000)];
const queries = [
  "page=-1&size=0",
  "page=1e9&size=99999999999999999999",
  "filters=%7B&sorting=%5B&experiment_ids=x",
  "page=1&page=2",
  "name=%25%25%25%25a&version=%00",
];

interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

const routes = allDialects.find(({ name }) => name === "opik")?.routes ?? [];

/** Every route with every body or query at a place that is there, and once at each place that cannot be. */
function* probes(id: string): Generator<Probe> {
  for (const { method, path } of routes) {
    const at = (name: string) => path.replace(/\{\w+\}/g, name);
    for (const name of names) yield { method, path: at(name), ...(method === "GET" ? {} : { body: "{}" }) };
    if (method === "GET") for (const query of queries) yield { method, path: `${at(id)}?${query}` };
    else if (method !== "DELETE") for (const body of bodies) yield { method, path: at(id), body };
  }
}

test("every route answers nonsense in Opik's words and never with 5xx, and what was there stays", async () => {
  const opik = await OpikClient.open();
  const id = await opik.create("ds");
  const ids = await opik.fill(id, 2, uuid7());
  const [before] = await opik.versions(id);
  const odd: string[] = [];
  for (const { method, path, body } of probes(id)) {
    const {
      status,
      text,
      body: told,
    } = await opik.town.ask(method, `/opik/api${path}`, method === "DELETE" ? undefined : body);
    const { errors, code } = (told ?? {}) as { errors?: unknown; code?: unknown };
    if (status < 400 || (status < 500 && (errors ?? code) !== undefined)) continue;
    odd.push(`${method} ${path.slice(0, 80)} ${body?.slice(0, 60) ?? ""}: ${status} ${text.slice(0, 120)}`);
  }
  expect(odd).toEqual([]);
  const { name } = ok(await opik.get(`/datasets/${id}`), 200).body as { name: string };
  expect(await opik.ids(name)).toEqual(ids.toReversed());
  expect((await opik.versions(id)).at(-1)).toEqual({
    ...before,
    tags: expect.any(Array) as string[],
    is_latest: expect.any(Boolean) as boolean,
  });
});
