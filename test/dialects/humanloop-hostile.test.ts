/** What no SDK would send to Humanloop's routes: refused in Humanloop's shape, never with 5xx, and nothing of it stored. */
import { allDialects } from "@sheaf/server";
import { beforeEach, expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { Client, points } from "./humanloop.js";
import { brokenBodies, nested } from "./nonsense.js";

let client: Client;
let id: string;
let directory: string;
let before: string;
beforeEach(async () => {
  client = await Client.open();
  const made = await client.upsert("qa/sums", points(1, 2));
  [id, directory] = [made.id, String(made["directory_id"])];
  before = await client.town.repo.resolve("HEAD");
});

const upsert = (datapoints: string, more = '"path":"x"') => `{${more},"datapoints":${datapoints}}`;
const long = "x".repeat(100_000);

const upserts = [
  upsert("null"),
  upsert('{"inputs":{}}'),
  upsert('[null,1,"x",[]]'),
  upsert('[{"inputs":"x"}]'),
  upsert('[{"inputs":{"a":1e999}}]'),
  upsert('[{"inputs":{"a":"\\ud800"}}]'),
  upsert('[{"inputs":{"a":1,"a":2}}]'),
  upsert(`[{"inputs":${nested(5000)}}]`),
  upsert('[{"messages":[{"role":"__proto__","content":"x"}]}]'),
  upsert('[{"messages":[{"role":"user","tool_calls":[{"id":"x","type":"function","function":{"name":{}}}]}]}]'),
  upsert('[{"target":[1]}]'),
  upsert("[]", '"path":"///"'),
  upsert("[]", '"path":{"a":1},"id":7'),
  upsert("[]", '"id":"__proto__"'),
  upsert("[]", '"id":"../.."'),
  upsert("[]", '"action":"constructor","path":"x"'),
  upsert("[]", '"attributes":[1],"path":"x"'),
  upsert("[]", `"path":"x","version_name":"${long}x"`),
  upsert("[]", `"path":"${long}"`),
];

const bodies = [
  ...brokenBodies,
  "\ufeff{}",
  `{"name":"${long}"}`,
  `{"path":"${long}","name":"${long}"}`,
  '{"name":"a/b","path":7}',
  '{"path":"/"}',
  '{"name":"","parent_id":"dir_none"}',
  '{"commit_message":7,"description":{},"name":[]}',
];

const names = ["ds_none", "%00", "%ff", "..%2f..", "__proto__", "constructor", "0".repeat(3000)];
const queries = [
  "page=0&size=-1",
  "page=-1",
  "page=1e9&size=1",
  "page=99999999999999999999&size=99999999999999999999",
  "page=1&page=2",
  "size=x&sort_by=__proto__&order=up",
  "version_id=%00&environment=%00",
  "version_id=__proto__",
  "environment=__proto__",
  "type=__proto__&template=maybe",
  "name=%25%00%ff&user_filter=..&path=../..",
  "include_datapoints=perhaps&status=lost",
];

interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

const routes = allDialects.find(({ name }) => name === "humanloop")?.routes ?? [];

/** Every route with every body or query at a place that is there, and once at each place that cannot be. */
function* probes(): Generator<Probe> {
  for (const { method, path } of routes) {
    const at = (name: string) => path.replace(/\{\w+\}/g, name);
    if (path.includes("{"))
      for (const name of names) yield { method, path: at(name), ...(method === "GET" ? {} : { body: "{}" }) };
    const place = at(path.startsWith("/datasets") ? id : directory);
    if (method === "GET") for (const query of queries) yield { method, path: `${place}?${query}` };
    else if (method !== "DELETE")
      for (const body of [...bodies, ...(path === "/datasets" ? upserts : [])]) yield { method, path: place, body };
  }
}

/** What of these answers is not a refusal as Humanloop writes it; a 2xx changes nothing, as is looked at in the end. */
async function oddities(all: Iterable<Probe>): Promise<string[]> {
  const odd: string[] = [];
  for (const { method, path, body, headers = {} } of all) {
    const given = method === "DELETE" ? undefined : body;
    const json = typeof body === "string" && !headers["content-type"] ? { "content-type": "application/json" } : {};
    const {
      status,
      text,
      body: told,
    } = await client.town.ask(method, `/humanloop/v5${path}`, given, {
      "x-api-key": "key",
      ...json,
      ...headers,
    });
    if (status < 300 || (status >= 400 && status < 500 && isRefusal(told))) continue;
    odd.push(`${method} ${path.slice(0, 80)} ${String(body).slice(0, 60)}: ${status} ${text.slice(0, 120)}`);
  }
  return odd;
}

function isRefusal(told: unknown): boolean {
  const { detail } = (told ?? {}) as { detail?: unknown };
  if (Array.isArray(detail))
    return detail.length > 0 && detail.every(({ loc, msg, type }) => Array.isArray(loc) && isText(msg) && isText(type));
  const { message, description } = (detail ?? {}) as { message?: unknown; description?: unknown };
  return isText(message) && message === description;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

test("every route answers nonsense in Humanloop's words and never with 5xx, and nothing of it is stored", async () => {
  expect(await oddities(probes())).toEqual([]);
  expect(await client.town.repo.resolve("HEAD")).toBe(before);
  expect(await client.answers(id)).toEqual([1, 2]);
  expect(await findings(client.town.repo)).toEqual([]);
});

test("a form that is none, lies about itself or holds no CSV is refused, whatever it says", async () => {
  const part = (disposition: string, content: string) =>
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n--b--\r\n`;
  const file = (content: string) => part('name="file"; filename="blob"', content);
  const path = `/datasets/${id}/datapoints/csv`;
  const types = [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=other",
    "text/csv",
    "",
  ];
  const forms = [
    "",
    "--b",
    "--b--",
    "no form at all",
    part("nothing", "a\n1\n"),
    part('name="__proto__"', "a\n1\n"),
    part('name="file"; filename="../../etc/passwd"', ""),
    file('a\n"open'),
    file("a,a\n1,2\n"),
    file(`${"c,".repeat(200_000)}c\n1\n`),
    file("messages\n{}\n"),
    file(`messages\n"${"[".repeat(50_000)}"\n`),
    file("a\n\u0000,\n"),
    `--b\r\nContent-Disposition: form-data; name="version_name"\r\n\r\n${long}x\r\n${file("a\n1\n")}`,
  ];
  const boundary = { "content-type": "multipart/form-data; boundary=b" };
  const all: Probe[] = [
    ...forms.map(body => ({ method: "POST", path, body, headers: boundary })),
    ...types.map(type => ({ method: "POST", path, body: file("a,a\n1,2\n"), headers: { "content-type": type } })),
    { method: "POST", path: `${path}?version_id=__proto__`, body: file("a\n1\n"), headers: boundary },
    { method: "POST", path: `${path}?environment=%00`, body: file("a\n1\n"), headers: boundary },
  ];
  expect(await oddities(all)).toEqual([]);
  expect(await client.town.repo.resolve("HEAD")).toBe(before);
});

test("what is refused names itself: keys and names that other languages trip over are data", async () => {
  const inputs = '{"__proto__":{"polluted":true},"constructor":1,"hasOwnProperty":null,"":0}';
  const body = upsert(
    `[{"inputs":${inputs},"target":{"__proto__":1,"toString":"x"}}]`,
    '"path":"__proto__/constructor"',
  );
  const json = { "content-type": "application/json" };
  const made = await client.ask("POST", "/datasets", body, 200, json);
  const { text } = await client.town.ask("GET", `/humanloop/v5/datasets/${String(made["id"])}/datapoints`);
  for (const part of [
    '"__proto__":{"polluted":true}',
    '"constructor":1',
    '"hasOwnProperty":null',
    '"":0',
    '"toString":"x"',
  ])
    expect(text).toContain(part);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(await client.ask("GET", "/directories/root")).toMatchObject({
    subdirectories: [{ path: "__proto__" }, { path: "qa" }],
  });
});

test("what Humanloop has beside datasets is told in its shape, with what to do, below the prefix and at the root", async () => {
  const absent = [
    ["GET", "/prompts"],
    ["POST", "/prompts/log"],
    ["POST", "/tools/call"],
    ["POST", "/flows/log"],
    ["PATCH", "/flows/logs/log_1"],
    ["POST", "/agents/call"],
    ["POST", "/evaluators/log"],
    ["GET", "/evaluations?file_id=x"],
    ["POST", "/evaluations/ev_1/runs"],
    ["GET", "/logs?file_id=x"],
    ["DELETE", "/logs"],
    ["POST", "/import/otel/v1/traces"],
  ] as const;
  for (const [method, path] of absent)
    for (const prefix of ["/humanloop/v5", "/v5", ""]) {
      const body = method === "POST" ? { path: "x" } : undefined;
      const answer = await client.town.ask(method, prefix + path, body, { "x-api-key": "key" });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/json"]);
      expect(answer.body).toMatchObject({
        detail: {
          type: "not_found_error",
          code: 404,
          origin: "Humanloop",
          message: expect.stringMatching(/there is no.*Sheaf keeps datasets/) as string,
          description: expect.any(String) as string,
        },
      });
    }
  expect(await client.town.repo.resolve("HEAD")).toBe(before);
});
