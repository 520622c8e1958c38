/** The faces of a server, alike: each makes, shows and edits datasets in its own words, so that a test can put one beside the other. */
import { ArizeClient, ok, type Dataset, type Version } from "./arize-client.js";
import { create, edit, type Content } from "./galileo-client.js";
import { uuid7 } from "./opik-client.js";
import type { Answer, Town } from "./town.js";

export type Item = Record<string, unknown>;

/** A row as a face shows it. */
export interface Shown {
  readonly id: string;
  readonly item: Item;
  /** ISO 8601, where the face tells. */
  readonly created?: string;
}

/** One face. Rows are in the dataset's order; versions are told by their place, the first is 0. */
export interface Face {
  readonly name: string;
  /** Makes a dataset. */
  create(dataset: string, items: readonly Item[]): Promise<unknown>;
  rows(dataset: string, version?: number): Promise<Shown[]>;
  versions(dataset: string): Promise<number>;
  add(dataset: string, item: Item): Promise<Answer>;
  /** Sets a field of a row by the id that the face shows. */
  set(dataset: string, id: string, field: string, value: unknown): Promise<unknown>;
  remove(dataset: string, id: string): Promise<unknown>;
}

/** All five, of one town. */
export function facesOf(town: Town): { opik: Face; arize: Face; galileo: Face; humanloop: Face; native: Face } {
  return {
    opik: opikFace(town),
    arize: arizeFace(town),
    galileo: galileoFace(town),
    humanloop: humanloopFace(town),
    native: nativeFace(town),
  };
}

const quoted = encodeURIComponent;

function opikFace(town: Town): Face {
  const ask = (method: string, path: string, body?: unknown) => town.ask(method, `/opik/api/v1/private${path}`, body);
  const idOf = async (name: string) =>
    (ok(await ask("POST", "/datasets/retrieve", { dataset_name: name }), 200).body as { id: string }).id;
  const versions = async (name: string) => {
    const answer = ok(await ask("GET", `/datasets/${await idOf(name)}/versions?size=100`), 200);
    return (answer.body as { content: { version_hash: string }[] }).content.toReversed();
  };
  const rows = async (name: string, version?: number) => {
    const hash = version === undefined ? "" : (await versions(name))[version].version_hash;
    const answer = ok(await ask("GET", `/datasets/${await idOf(name)}/items?size=1000&version=${hash}`), 200);
    const { content } = answer.body as { content: { id: string; data: Item; created_at: string }[] };
    return content.map(({ id, data, created_at: created }) => ({ id, item: data, created })).toReversed();
  };
  const put = async (name: string, id: string, data: Item) => {
    const items = [{ id, data, source: "sdk" }];
    return ok(await ask("PUT", "/datasets/items", { dataset_name: name, items, batch_group_id: uuid7() }), 204);
  };
  return {
    name: "opik",
    async create(name, items) {
      ok(await ask("POST", "/datasets", { name }), 201);
      const all = items.map(data => ({ id: uuid7(), data, source: "sdk" }));
      ok(await ask("PUT", "/datasets/items", { dataset_name: name, items: all, batch_group_id: uuid7() }), 204);
    },
    rows,
    versions: async name => (await versions(name)).length,
    add: (name, item) => put(name, uuid7(), item),
    async set(name, id, field, value) {
      const row = (await rows(name)).find(one => one.id === id);
      return ok(await ask("PATCH", `/datasets/items/${id}`, { data: { ...row?.item, [field]: value } }), 204);
    },
    remove: async (_, id) =>
      ok(await ask("POST", "/datasets/items/delete", { item_ids: [id], batch_group_id: uuid7() }), 204),
  };
}

function arizeFace(town: Town): Face {
  const client = ArizeClient.of(town);
  const dataset = async (name: string) => {
    const { datasets } = ok(await client.get(`/datasets?name=${quoted(name)}&limit=100`), 200).body as {
      datasets: Dataset[];
    };
    return client.dataset(quoted(datasets.find(one => one.name === name)?.id ?? ""));
  };
  const at = async (name: string) => `/datasets/${quoted((await dataset(name)).id)}/examples`;
  const versionsOf = async (name: string): Promise<Version[]> => (await dataset(name)).versions.toReversed();
  return {
    name: "arize",
    create: (name, items) => client.create(name, items),
    async rows(name, version) {
      const id = version === undefined ? "" : (await versionsOf(name))[version].id;
      const examples = await client.examples(quoted((await dataset(name)).id), id);
      return examples.map(({ id: row, created_at: created, updated_at: _, annotations: __, ...item }) => ({
        id: row,
        item,
        created,
      }));
    },
    versions: async name => (await versionsOf(name)).length,
    add: async (name, item) => ok(await client.post(await at(name), { examples: [item] }), 201),
    set: async (name, id, field, value) =>
      ok(await client.patch(await at(name), { examples: [{ id, [field]: value }] }), 200),
    remove: async (name, id) =>
      ok(
        await client.delete(await at(name), {
          dataset_version_id: (await dataset(name)).versions[0].id,
          example_ids: [id],
        }),
        200,
      ),
  };
}

function galileoFace(town: Town): Face {
  const idOf = async (name: string) => {
    const query = { filters: [{ name: "name", value: name, operator: "eq" }] };
    const answer = ok(await town.ask("POST", "/galileo/datasets/query", query), 200);
    return (answer.body as { datasets: { id: string }[] }).datasets[0].id;
  };
  const edits = async (name: string, one: object) => {
    const answer = await edit(town, await idOf(name), [one]);
    return ok(answer, 204);
  };
  return {
    name: "galileo",
    create: (name, items) => create(town, name, items),
    async rows(name, version) {
      const part = version === undefined ? "content" : `versions/${version + 1}/content`;
      const { body } = ok(await town.ask("GET", `/galileo/datasets/${await idOf(name)}/${part}`), 200);
      return (body as Content).rows.map(({ row_id: id, values_dict: cells, metadata }) => ({
        id,
        item: Object.fromEntries(
          Object.entries(cells)
            .filter(([, cell]) => cell !== null)
            .map(([key, cell]) => [key, parsed(cell)]),
        ),
        created: (metadata as { created_at: string }).created_at,
      }));
    },
    async versions(name) {
      const answer = ok(await town.ask("POST", `/galileo/datasets/${await idOf(name)}/versions/query?limit=1000`), 200);
      return (answer.body as { versions: object[] }).versions.length;
    },
    add: (name, values) => edits(name, { edit_type: "append_row", values }),
    set: (name, id, field, value) => edits(name, { edit_type: "update_row", row_id: id, values: { [field]: value } }),
    remove: (name, id) => edits(name, { edit_type: "delete_row", row_id: id }),
  };
}

/** A cell that is the JSON text of an object as that. */
function parsed(cell: unknown): unknown {
  return typeof cell === "string" && cell.startsWith("{") ? (JSON.parse(cell) as unknown) : cell;
}

function humanloopFace(town: Town): Face {
  const ask = async (method: string, path: string, body?: unknown) =>
    ok(await town.ask(method, `/humanloop/v5${path}`, body, { "x-api-key": "key" }), 200);
  const idOf = async (path: string) =>
    ((await ask("POST", "/files/retrieve-by-path", { path })).body as { id: string }).id;
  const versions = async (name: string) => {
    const { body } = await ask("GET", `/datasets/${await idOf(name)}/versions`);
    return (body as { records: { version_id: string }[] }).records.toReversed();
  };
  const rows = async (name: string, version?: number) => {
    const id = version === undefined ? "" : (await versions(name))[version].version_id;
    const query = id === "" ? "" : `&version_id=${id}`;
    const { body } = await ask("GET", `/datasets/${await idOf(name)}/datapoints?size=1000${query}`);
    const { records } = body as { records: { id: string; inputs: Item }[] };
    return records.map(({ id: point, inputs }) => ({ id: point, item: inputs }));
  };
  const upsert = (path: string, action: string, datapoints: readonly Item[]) =>
    ask("POST", "/datasets", { path, action, datapoints: datapoints.map(inputs => ({ inputs })) });
  return {
    name: "humanloop",
    create: (name, items) => upsert(name, "set", items),
    rows,
    versions: async name => (await versions(name)).length,
    add: (name, item) => upsert(name, "add", [item]),
    async set(name, id, field, value) {
      const all = await rows(name);
      return upsert(
        name,
        "set",
        all.map(row => (row.id === id ? { ...row.item, [field]: value } : row.item)),
      );
    },
    async remove(name, id) {
      const row = (await rows(name)).find(one => one.id === id);
      return upsert(name, "remove", row ? [row.item] : []);
    },
  };
}

function nativeFace(town: Town): Face {
  const at = (name: string) => `/api/v1/datasets/${quoted(name)}`;
  const patch = async (name: string, operations: readonly object[]) =>
    ok(await town.ask("PATCH", at(name), operations), 200);
  return {
    name: "native",
    async create(name, items) {
      ok(await town.ask("POST", "/api/v1/datasets", { path: name }), 201);
      return patch(
        name,
        items.map(value => ({ op: "add", path: "/items/-", value })),
      );
    },
    async rows(name, version) {
      const commit = version === undefined ? "main" : (await town.repo.versions.of(name))[version].commit;
      const answer = ok(await town.ask("GET", `${at(name)}/rows?limit=1000&at=${commit}`), 200);
      return (answer.body as { rows: { id: string; item: Item }[] }).rows.map(({ id, item }) => ({ id, item }));
    },
    versions: async name => (await town.repo.versions.of(name)).length,
    add: (name, value) => patch(name, [{ op: "add", path: "/items/-", value }]),
    set: (name, id, field, value) => patch(name, [{ op: "add", path: `/items/${id}/${field}`, value }]),
    remove: (name, id) => patch(name, [{ op: "remove", path: `/items/${id}` }]),
  };
}
