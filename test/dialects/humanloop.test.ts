/** Humanloop's dialect by the requests that its SDKs send, and by the hard points of its reference. */
import { beforeEach, describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { Client, point, points, type Json } from "./humanloop.js";
import type { Town } from "./town.js";

const towns: Town[] = [];
let client: Client;
beforeEach(async () => {
  client = await Client.open(towns);
});

describe("upsert", () => {
  test("makes a dataset with its directories, and gives the record of its first version", async () => {
    const made = await client.upsert("evals/qa", points(1, 2), { version_name: "v1", attributes: { lang: "en" } });
    expect(made).toMatchObject({
      path: "evals/qa",
      name: "qa",
      type: "dataset",
      datapoints_count: 2,
      version_name: "v1",
      status: "committed",
      environments: [],
      attributes: { lang: "en" },
      datapoints: null,
    });
    expect(made.id).toMatch(/^ds_[0-9A-Za-z]+$/);
    expect(made.version_id).toMatch(/^dsv_[0-9A-Za-z]+$/);
    expect(made["directory_id"]).toMatch(/^dir_[0-9A-Za-z]+$/);
    for (const time of ["created_at", "updated_at", "last_used_at"]) expect(made[time]).toMatch(/T.*Z$/);
  });

  test("set to the same datapoints in any order is the same version; to other ones another, in the order given", async () => {
    const first = await client.upsert("qa", points(1, 2));
    const again = await client.upsert("qa", points(2, 1, 2));
    expect([again.version_id, again.created_at]).toEqual([first.version_id, first.created_at]);
    const other = await client.upsert("qa", points(4, 3, 1, 2, 5));
    expect(await client.answers(first.id)).toEqual([4, 3, 1, 2, 5]);
    const back = await client.upsert("qa", points(1, 2));
    expect([back.version_id, back.created_at]).toEqual([first.version_id, first.created_at]);
    expect((await client.versions(first.id)).map(one => one.version_id)).toEqual([other.version_id, first.version_id]);
    expect((await client.get(first.id)).version_id).toBe(other.version_id);
  });

  test("add appends what is new, remove takes what is equal by content, both from the latest version", async () => {
    const { id } = await client.upsert("qa", points(1, 2));
    expect(await client.upsert("qa", points(2, 3, 3, 4), { action: "add" })).toMatchObject({ datapoints_count: 4 });
    expect(await client.answers(id)).toEqual([1, 2, 3, 4]);
    expect(await client.upsert("qa", points(1, 9, 3), { action: "remove" })).toMatchObject({ datapoints_count: 2 });
    expect(await client.answers(id)).toEqual([2, 4]);
  });

  test("add and remove begin at a version, or at an environment, where one is named; set does not look at it", async () => {
    const first = await client.upsert("qa", points(1, 2));
    const second = await client.upsert("qa", points(7, 8));
    await client.deploy(first.id, "staging", first.version_id);
    const third = await client.upsert("qa", points(3), { action: "add" }, `?version_id=${first.version_id}`);
    expect(await client.answers(first.id)).toEqual([1, 2, 3]);
    await client.upsert("qa", points(1), { action: "remove" }, "?environment=staging");
    expect(await client.answers(first.id)).toEqual([2]);
    await client.upsert("qa", points(5), {}, "?version_id=dsv_unknown&environment=nowhere");
    await client.refused(404, "qa", points(5), { action: "add" }, "?version_id=dsv_unknown");
    await client.refused(404, "qa", points(5), { action: "remove" }, "?environment=production");
    await client.refused(404, "new", points(5), { action: "add" }, "?environment=production");
    expect(await client.answers(first.id, `?version_id=${second.version_id}`)).toEqual([7, 8]);
    expect(third.datapoints_count).toBe(3);
  });

  test("an empty add gives the latest version as it is, and makes an empty dataset where none is", async () => {
    const made = await client.upsert("qa", points(1), { attributes: { kept: true } });
    const again = await client.upsert("qa", [], { action: "add" });
    expect(again).toEqual(made);
    expect(await client.versions(made.id)).toHaveLength(1);
    expect(await client.upsert("new", [], { action: "add" })).toMatchObject({ datapoints_count: 0 });
  });

  test("absent, null and empty are one; _dedupe_id is an input like any other; a datapoint keeps its id over versions", async () => {
    const bare = { inputs: { q: 1 } };
    const made = await client.upsert("qa", [
      bare,
      { ...bare, messages: null, target: null },
      { ...bare, messages: [], target: {} },
      { inputs: { q: 1, _dedupe_id: 1 } },
      { target: { a: 1.0 } },
    ]);
    const [first, second, third] = await client.datapoints(made.id);
    expect(made.datapoints_count).toBe(3);
    expect(first).toEqual({ ...bare, id: expect.stringMatching(/^dp_/) as string, messages: null, target: null });
    expect(second["inputs"]).toEqual({ q: 1, _dedupe_id: 1 });
    expect(third["inputs"]).toEqual({});
    await client.upsert("qa", [bare], { action: "remove" });
    await client.upsert("qa", [point(1), bare], { action: "add" });
    const datapoints = await client.datapoints(made.id);
    expect(datapoints.find(one => (one["inputs"] as Json)["q"] === 1 && one["id"] === first["id"])).toEqual(first);
  });

  test("attributes are part of what a version is; add keeps those of its base", async () => {
    const plain = await client.upsert("qa", points(1));
    const one = await client.upsert("qa", points(1), { attributes: { run: 1 } });
    expect(one.version_id).not.toBe(plain.version_id);
    expect(await client.upsert("qa", points(2), { action: "add" })).toMatchObject({ attributes: { run: 1 } });
    expect(await client.upsert("qa", points(1), { attributes: { run: 1 } })).toMatchObject({
      version_id: one.version_id,
    });
    expect(await client.upsert("qa", points(1), { attributes: {} })).toMatchObject({ version_id: plain.version_id });
  });

  test("is found by id or path; a path may begin with a slash; a path that is not the id's is a conflict", async () => {
    const { id, version_id } = await client.upsert("/evals/qa", points(1));
    expect(await client.ask("POST", "/datasets", { id, datapoints: points(1) })).toMatchObject({ version_id });
    expect(await client.upsert("evals/qa", points(1), { id })).toMatchObject({ id });
    await client.refused(409, "evals/other", points(1), { id });
    await client.refused(404, "evals/qa", points(1), { id: "ds_none" });
    await client.ask("POST", "/datasets", { datapoints: [] }, 422);
    await client.ask("POST", "/datasets", { path: "/", datapoints: [] }, 422);
  });

  test("gives the datapoints where they are asked for, exact", async () => {
    const body = `{"path":"qa","datapoints":[{"inputs":{"n":9007199254740993,"f":1.0,"__proto__":{"x":null}},"target":{"deep":[{"a":[1,"2"]}]}}]}`;
    const json = { "content-type": "application/json" };
    const answer = await client.town.ask("POST", "/v5/datasets?include_datapoints=true", body, json);
    expect(answer.text).toContain('"inputs":{"__proto__":{"x":null},"f":1.0,"n":9007199254740993}');
    expect(answer.body).toMatchObject({ datapoints: [{ target: { deep: [{ a: [1, "2"] }] } }] });
    const { id } = answer.body as { id: string };
    const listed = await client.town.ask("GET", `/v5/datasets/${id}/datapoints`);
    expect(listed.text).toContain('"n":9007199254740993');
  });
});

describe("names", () => {
  test("a name that another version carries is a conflict, and nothing is stored", async () => {
    const first = await client.upsert("qa", points(1), { version_name: "v1" });
    await client.refused(409, "qa", points(2), { version_name: "v1" });
    expect(await client.versions(first.id)).toHaveLength(1);
    await client.refused(409, "qa", points(1), { version_name: "v2" });
    expect(await client.upsert("qa", points(1), { version_name: "v1", version_description: "d" })).toMatchObject({
      version_id: first.version_id,
      version_description: "d",
    });
    const second = await client.upsert("qa", points(2));
    const named = await client.upsert("qa", points(2), { version_name: "v2" });
    expect(named).toMatchObject({ version_id: second.version_id, version_name: "v2", created_at: second.created_at });
  });

  test("of ten at once that want one name for different datapoints, one has it", async () => {
    await client.upsert("qa", []);
    const asked = Array.from({ length: 10 }, (_, n) =>
      client.town.ask("POST", "/v5/datasets", { path: "qa", datapoints: points(n), version_name: "v1" }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  test("a version's name and description change and are cleared by null; its id stays", async () => {
    const { id, version_id, updated_at } = await client.upsert("qa", points(1), { version_name: "v1" });
    const path = `/datasets/${id}/versions/${version_id}`;
    const named = await client.ask("PATCH", path, { name: "v2", description: "d" });
    expect(named).toMatchObject({ version_id, version_name: "v2", version_description: "d", status: "committed" });
    expect(String(named["updated_at"]) > String(updated_at)).toBe(true);
    const cleared = await client.ask("PATCH", path, { name: null, description: null });
    expect(cleared).toMatchObject({ version_name: null, version_description: null, status: "uncommitted" });
    await client.upsert("qa", points(2), { version_name: "taken" });
    await client.ask("PATCH", path, { name: "taken" }, 409);
    await client.ask("PATCH", `/datasets/${id}/versions/dsv_none`, { name: "x" }, 404);
  });

  test("the older generation commits a version once, and lists by status", async () => {
    const first = await client.upsert("qa", points(1), { commit_message: "first" });
    expect(first).toMatchObject({ status: "committed", commit_message: "first", version_description: "first" });
    expect(first["committed_by"]).toMatchObject({ email_address: "server@example.org" });
    const again = await client.refused(422, "qa", points(1), { commit_message: "again" });
    expect(again).toMatchObject({ detail: { description: expect.stringMatching("already been committed") as string } });
    const draft = await client.upsert("qa", points(2));
    expect(draft).toMatchObject({ status: "uncommitted", committed_at: null });
    const path = `/datasets/${first.id}/versions/${draft.version_id}/commit`;
    expect(await client.ask("POST", path, { commit_message: "two" })).toMatchObject({ status: "committed" });
    await client.ask("POST", path, { commit_message: "two" }, 422);
    await client.ask("POST", path, {}, 422);
    await client.upsert("qa", points(3));
    const of = async (query: string) => (await client.versions(first.id, query)).map(one => one["commit_message"]);
    expect(await of("?status=committed")).toEqual(["two", "first"]);
    expect(await of("?status=uncommitted")).toEqual([null]);
    const full = await client.versions(first.id, "?include_datapoints=latest_committed");
    expect(full.map(one => (one["datapoints"] as unknown[] | null)?.length)).toEqual([undefined, 1, undefined]);
  });

  test("SDKs of the older generation add to what is deployed to the default environment", async () => {
    const { id, version_id } = await client.upsert("qa", points(1));
    await client.upsert("qa", points(2));
    await client.deploy(id, "production", version_id);
    const add = (version: string, n: number) =>
      client.ask("POST", "/datasets", { path: "qa", datapoints: points(n), action: "add" }, 200, {
        "x-fern-sdk-name": "humanloop",
        "x-fern-language": "JavaScript",
        "x-fern-sdk-version": version,
      });
    const ids = { old: (await add("0.8.15", 3))["version_id"], current: (await add("0.8.20", 4))["version_id"] };
    expect(await client.answers(id, `?version_id=${String(ids.old)}`)).toEqual([1, 3]);
    expect(await client.answers(id, `?version_id=${String(ids.current)}`)).toEqual([1, 3, 4]);
  });
});

test("the operations that were used", () =>
  expectExercised("humanloop", "recorded exchanges: upsert and names", towns));
