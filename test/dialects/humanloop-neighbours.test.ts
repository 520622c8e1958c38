/** Humanloop's dialect beside upsert: lists, versions, deployments, CSV, files, directories, refusals. */
import { beforeEach, describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { Client, point, points, type Json, type Version } from "./humanloop.js";
import type { Town } from "./town.js";

const towns: Town[] = [];
let client: Client;
beforeEach(async () => {
  client = await Client.open(towns);
});

describe("lists", () => {
  test("are in pages that go on until an empty one, filtered and sorted", async () => {
    for (const path of ["b/One", "a/two", "one more"]) await client.upsert(path, points(1));
    const list = async (query: string) => {
      const answer = await client.ask("GET", `/datasets?${query}`);
      return [
        (answer["records"] as Version[]).map(({ path }) => path),
        answer["page"],
        answer["size"],
        answer["total"],
      ];
    };
    expect(await list("size=2")).toEqual([["one more", "a/two"], 1, 2, 3]);
    expect(await list("size=2&page=2")).toEqual([["b/One"], 2, 2, 3]);
    expect(await list("size=2&page=3")).toEqual([[], 3, 2, 3]);
    expect(await list("size=0&page=1")).toEqual([[], 1, 0, 3]);
    expect(await list("name=ONE&sort_by=name&order=asc")).toEqual([["b/One", "one more"], 1, 10, 2]);
    expect(await list("user_filter=EXAMPLE.org&order=asc")).toEqual([["b/One", "a/two", "one more"], 1, 10, 3]);
    expect(await list("user_filter=nobody")).toEqual([[], 1, 10, 0]);
    const { id } = await client.upsert("a/two", points(1, 2, 3));
    expect(await client.ask("GET", `/datasets/${id}/datapoints?page=2&size=2`)).toMatchObject({ total: 3, size: 2 });
    expect(await client.answers(id, "?page=2&size=2")).toEqual([3]);
    expect(await client.answers(id, "?page=9")).toEqual([]);
    expect(await client.answers(id, "?page=9000000&size=1000000")).toEqual([]);
    for (const query of ["page=0", "size=-1", "size=x", "sort_by=age", "order=up"])
      expect(await client.ask("GET", `/datasets?${query}`, undefined, 422)).toMatchObject({
        detail: [{ loc: ["query", query.split("=")[0]], msg: expect.any(String) as string }],
      });
  });

  test("a dataset is listed and read as what is deployed to the default environment, else as its latest version", async () => {
    const { id, version_id } = await client.upsert("qa", points(1));
    const latest = await client.upsert("qa", points(2));
    expect((await client.get(id)).version_id).toBe(latest.version_id);
    await client.deploy(id, "production", version_id);
    expect((await client.get(id)).version_id).toBe(version_id);
    expect(await client.ask("GET", "/datasets")).toMatchObject({ records: [{ version_id }] });
    expect(await client.answers(id)).toEqual([1]);
    expect((await client.get(id, `?version_id=${latest.version_id}&environment=production`)).version_id).toBe(
      latest.version_id,
    );
  });
});

describe("versions and deployments", () => {
  test("a version is deployed by the environment's id or name, in place of another; every version tells where it is", async () => {
    const { id, version_id: first } = await client.upsert("qa", points(1));
    const { version_id: second } = await client.upsert("qa", points(2));
    const environments = (await client.ask("GET", `/datasets/${id}/environments`)) as unknown as Json[];
    expect(environments.map(({ name, tag, file }) => [name, tag, file])).toEqual([
      ["production", "default", null],
      ["staging", "other", null],
      ["development", "other", null],
    ]);
    expect(await client.deploy(id, String(environments[0]["id"]), first)).toMatchObject({
      version_id: first,
      environments: [{ name: "production", tag: "default", id: environments[0]["id"] }],
    });
    await client.deploy(id, "staging", first);
    await client.deploy(id, "production", second);
    expect((await client.versions(id)).map(one => (one["environments"] as Json[]).map(({ name }) => name))).toEqual([
      ["production"],
      ["staging"],
    ]);
    await client.ask("POST", `/datasets/${id}/environments/production`, undefined, 422);
    await client.ask("POST", `/datasets/${id}/environments/nowhere?version_id=${first}`, undefined, 404);
    await client.ask("POST", `/datasets/${id}/environments/production?version_id=dsv_0`, undefined, 404);
    await client.ask("DELETE", `/datasets/${id}/environments/production`, undefined, 204);
    await client.ask("DELETE", `/datasets/${id}/environments/production`, undefined, 204);
    await client.ask("DELETE", `/datasets/${id}/environments/nowhere`, undefined, 404);
    await client.ask("GET", `/datasets/${id}?environment=production`, undefined, 404);
  });

  test("environments come from the configuration, the default one first", async () => {
    await client.town.repo.config.set("humanloop.environments", ["live", "next one"]);
    const { id, version_id } = await client.upsert("qa", points(1));
    await client.deploy(id, "next%20one", version_id);
    const environments = (await client.ask("GET", `/datasets/${id}/environments`)) as unknown as Json[];
    expect(environments.map(({ name, tag }) => [name, tag])).toEqual([
      ["live", "default"],
      ["next one", "other"],
    ]);
    expect((await client.get(id, "?environment=next%20one")).version_id).toBe(version_id);
  });

  test("a version that is deleted is gone, and the dataset is what it was before; the same content later has the same id", async () => {
    const { id, version_id: first } = await client.upsert("qa", points(1));
    const { version_id: second } = await client.upsert("qa", points(2, 3), { attributes: { run: 2 } });
    const path = `/datasets/${id}/versions`;
    await client.deploy(id, "staging", second);
    await client.ask("DELETE", `${path}/${second}`, undefined, 409);
    await client.ask("DELETE", `/datasets/${id}/environments/staging`, undefined, 204);
    await client.ask("DELETE", `${path}/${second}`, undefined, 204);
    await client.ask("DELETE", `${path}/${second}`, undefined, 404);
    await client.ask("GET", `/datasets/${id}?version_id=${second}`, undefined, 404);
    expect(await client.get(id)).toMatchObject({ version_id: first, attributes: null });
    expect((await client.town.repo.dataset("qa").info()).count).toBe(1);
    expect((await client.versions(id, "?status=deleted")).map(one => one.version_id)).toEqual([second]);
    await client.ask("DELETE", `${path}/${first}`, undefined, 409);
    expect(await client.upsert("qa", points(3, 2), { attributes: { run: 2 } })).toMatchObject({ version_id: second });
    expect((await client.versions(id)).map(one => one.version_id)).toEqual([second, first]);
  });

  test("a dataset moves with its id and versions; what is taken is a conflict; deleted, it frees its path", async () => {
    const { id, version_id } = await client.upsert("a/qa", points(1));
    await client.upsert("b", points(1));
    expect(await client.ask("PATCH", `/datasets/${id}`, { path: "/c/d/qa" })).toMatchObject({
      path: "c/d/qa",
      version_id,
    });
    expect(await client.ask("PATCH", `/datasets/${id}`, { name: "q" })).toMatchObject({ id, path: "c/d/q", name: "q" });
    expect(await client.ask("PATCH", `/datasets/${id}`, { path: "x/y", name: "z" })).toMatchObject({ path: "x/z" });
    expect(await client.ask("PATCH", `/datasets/${id}`, {})).toMatchObject({ path: "x/z" });
    await client.ask("PATCH", `/datasets/${id}`, { path: "b" }, 409);
    await client.ask("PATCH", `/datasets/${id}`, { name: "p/q" }, 422);
    expect((await client.versions(id)).map(one => one.version_id)).toEqual([version_id]);
    await client.ask("DELETE", `/datasets/${id}`, undefined, 204);
    await client.ask("GET", `/datasets/${id}`, undefined, 404);
    await client.ask("DELETE", `/datasets/${id}`, undefined, 404);
    const again = await client.upsert("x/z", points(1));
    expect(again.id).not.toBe(id);
    expect(await client.versions(again.id)).toHaveLength(1);
  });
});

describe("CSV", () => {
  const upload = (
    id: string,
    csv: string | Uint8Array,
    more: Record<string, string> = {},
    status = 200,
    query = "",
  ) => {
    const form = new FormData();
    form.set("file", new Blob([csv as BlobPart]), "blob");
    for (const [name, value] of Object.entries(more)) form.set(name, value);
    return client.ask("POST", `/datasets/${id}/datapoints/csv${query}`, form, status);
  };

  test("its rows are added: target and messages by their columns, all else inputs as text", async () => {
    const { id, version_id } = await client.upsert("qa", points(1));
    const csv =
      '\ufeffquestion,n,target,messages\r\n"a ""b"",\nc",01,"{""answer"":2}","[{""role"":""user"",""content"":""Hi""}]"\r\nd,,plain,\r\nd,,plain,\r\ne,2,,\r\n';
    const made = await upload(id, csv, { version_name: "csv", version_description: "d" });
    expect(made).toMatchObject({ datapoints_count: 4, version_name: "csv", version_description: "d" });
    const [, ...rows] = (await client.datapoints(id)).map(({ id: _, ...rest }) => rest);
    expect(rows).toEqual([
      {
        inputs: { question: 'a "b",\nc', n: "01" },
        target: { answer: 2 },
        messages: [{ role: "user", content: "Hi" }],
      },
      { inputs: { question: "d", n: "" }, target: { target: "plain" }, messages: null },
      { inputs: { question: "e", n: "2" }, target: null, messages: null },
    ]);
    await upload(id, "question\nx\n", {}, 200, `?version_id=${version_id}`);
    expect(await client.get(id)).toMatchObject({ datapoints_count: 2 });
    expect(await upload(id, "question\n", {}, 200)).toMatchObject({ datapoints_count: 2 });
  });

  test("what is no CSV is refused with its row, and nothing is stored", async () => {
    const { id } = await client.upsert("qa", points(1));
    const refused = await upload(id, "messages\n[]\nno json\n", {}, 422);
    expect(refused).toMatchObject({ detail: [{ loc: ["body", "file", 2] }] });
    expect(await upload(id, 'messages\n"[{""role"":""king""}]"\n', {}, 422)).toMatchObject({
      detail: [{ loc: ["body", "file", 1, "messages", 0, "role"] }],
    });
    for (const bad of ["", "a,a\n1,2\n", "a,b\n1\n", 'a\n"open\n', Uint8Array.of(0x61, 0x0a, 0xff, 0x0a)])
      expect(await upload(id, bad, {}, 422)).toMatchObject({ detail: [{ loc: ["body", "file"] }] });
    await upload("ds_none", "a\n1\n", {}, 404);
    await client.ask("POST", `/datasets/${id}/datapoints/csv`, new FormData(), 422);
    expect(await client.versions(id)).toHaveLength(1);
  });

  test("a boundary that the header does not tell is read from the body", async () => {
    const { id } = await client.upsert("qa", []);
    const body = '--x1\r\nContent-Disposition: form-data; name="file"; filename="blob"\r\n\r\na\n1\n\r\n--x1--\r\n';
    const headers = { "content-type": "multipart/form-data" };
    expect(await client.ask("POST", `/datasets/${id}/datapoints/csv`, body, 200, headers)).toMatchObject({
      datapoints_count: 1,
    });
  });
});

describe("files and directories", () => {
  test("files are the datasets, by directory, name, type and environment", async () => {
    const { id, version_id } = await client.upsert("a/b/one", points(1));
    await client.upsert("a/two", points(1));
    await client.upsert("ab", points(1));
    await client.upsert("a/b/one", points(2));
    await client.deploy(id, "staging", version_id);
    const list = async (query: string) =>
      ((await client.ask("GET", `/files?${query}`))["records"] as Version[]).map(({ path }) => path);
    expect(await list("path=a&sort_by=name&order=asc")).toEqual(["a/b/one", "a/two"]);
    expect(await list("path=")).toHaveLength(3);
    expect(await list("type=prompt&type=dataset&name=TWO")).toEqual(["a/two"]);
    expect(await list("type=prompt")).toEqual([]);
    expect(await list("template=true")).toEqual([]);
    expect(await list("environment=staging")).toEqual(["a/b/one"]);
    const at = (path: string, query = "", status = 200) =>
      client.ask("POST", `/files/retrieve-by-path${query}`, { path }, status);
    expect(await at("/a/b/one", "?environment=staging")).toMatchObject({ id, version_id });
    expect(await at("a/b/one")).not.toMatchObject({ version_id });
    await at("a/none", "", 404);
    await at("a/two", "?environment=staging", 404);
  });

  test("directories come with datasets or are made; they move with what is in them and go when empty", async () => {
    const { id } = await client.upsert("a/b/one", points(1));
    const root = await client.ask("GET", "/directories/root");
    expect(root).toMatchObject({
      path: "",
      files: [],
      parents: [],
      subdirectories: [{ path: "a", parent_id: root["id"] }],
    });
    const made = await client.ask("POST", "/directories", { name: "c", parent_id: root["id"] }, 201);
    expect(made).toMatchObject({ path: "c", name: "c", tags: [] });
    await client.ask("POST", "/directories", { path: "c" }, 409);
    await client.ask("POST", "/directories", {}, 422);
    const [, a, b] = (await client.ask("GET", "/directories")) as unknown as Json[];
    expect(await client.ask("GET", `/directories/${String(b["id"])}`)).toMatchObject({
      files: [{ id }],
      parents: [{ path: "" }, { path: "a" }],
      parent_id: a["id"],
    });
    await client.ask("DELETE", `/directories/${String(a["id"])}`, undefined, 409);
    await client.ask("PATCH", `/directories/${String(a["id"])}`, { path: "a/b/c" }, 409);
    await client.ask("PATCH", `/directories/${String(a["id"])}`, { name: "c" }, 409);
    expect(await client.ask("PATCH", `/directories/${String(a["id"])}`, { path: "x/y" })).toMatchObject({
      path: "x/y",
    });
    expect(await client.get(id)).toMatchObject({ path: "x/y/b/one" });
    expect(await client.versions(id)).toHaveLength(1);
    await client.ask("DELETE", `/directories/${String(made["id"])}`, undefined, 204);
    await client.ask("GET", `/directories/${String(made["id"])}`, undefined, 404);
    await client.ask("DELETE", "/directories/root", undefined, 409);
  });
});

describe("refusals", () => {
  test("what is wrong with a datapoint is told with its place, and nothing is stored", async () => {
    const loc = async (datapoint: unknown) =>
      ((await client.refused(422, "qa", [point(1), datapoint]))["detail"] as Json[])[0]["loc"];
    const message = (more: Json) => ({ messages: [{ role: "user", ...more }] });
    expect(await loc(3)).toEqual(["body", "datapoints", 1]);
    expect(await loc({ inputs: [] })).toEqual(["body", "datapoints", 1, "inputs"]);
    expect(await loc({ target: "text" })).toEqual(["body", "datapoints", 1, "target"]);
    expect(await loc({ messages: {} })).toEqual(["body", "datapoints", 1, "messages"]);
    expect(await loc({ messages: [{ content: "x" }] })).toEqual(["body", "datapoints", 1, "messages", 0, "role"]);
    expect(await loc(message({ content: 1 }))).toEqual(["body", "datapoints", 1, "messages", 0, "content"]);
    expect(await loc(message({ content: [{ type: "video" }] }))).toContain("content");
    expect(await loc(message({ tool_calls: [{ id: "x" }] }))).toContain("tool_calls");
    expect(await client.ask("GET", "/datasets")).toMatchObject({ total: 0 });
    expect(await client.ask("POST", "/datasets", { path: "qa" }, 422)).toEqual({
      detail: [{ loc: ["body", "datapoints"], msg: "field required", type: "value_error.missing" }],
    });
    await client.ask("POST", "/datasets", { path: "qa", datapoints: [], action: "merge" }, 422);
    await client.ask("POST", "/datasets", { path: 3, datapoints: [] }, 422);
  });

  test("bad JSON, what is not there, and what Humanloop has beside datasets are told in its shape", async () => {
    const json = { "content-type": "application/json" };
    expect(await client.ask("POST", "/datasets", '{"path":', 400, json)).toMatchObject({
      detail: { type: "bad_request_error", code: 400, origin: "Humanloop", message: expect.any(String) as string },
    });
    const deep = `{"path":"qa","datapoints":[{"inputs":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}]}`;
    await client.ask("POST", "/datasets", deep, 400, json);
    for (const path of ["/datasets/ds_none", "/datasets/ds_none/versions", "/prompts", "/evaluations", "/logs"])
      expect(await client.ask("GET", path, undefined, 404)).toMatchObject({ detail: { type: "not_found_error" } });
    const atRoot = await client.town.ask("GET", "/prompts", undefined, { "x-api-key": "key" });
    expect([atRoot.status, atRoot.body]).toMatchObject([404, { detail: { code: 404 } }]);
    const listed = await client.town.ask("GET", "/datasets?size=1", undefined, { "x-api-key": "key" });
    expect(listed.body).toEqual({ records: [], page: 1, size: 1, total: 0 });
  });

  test("names that are no paths are kept as they are", async () => {
    for (const path of ["a//b", "../x", "records/x", "100%", "ünï/ /z", "%2E"]) {
      const { id } = await client.upsert(path, points(1));
      expect(await client.get(id)).toMatchObject({ path });
      expect(await client.ask("POST", "/files/retrieve-by-path", { path })).toMatchObject({ id });
    }
    await client.refused(422, "x".repeat(5000), []);
  });
});

test("the operations that were used", () => expectExercised("humanloop", "recorded exchanges: all else", towns));
