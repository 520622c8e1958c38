/** Spaces that clients make, by the requests that Arize's SDKs send. */
import { createToken } from "@sheaf/server";
import { expect, test } from "vitest";
import { ArizeClient, ok, type Dataset } from "./arize-client.js";
import { expectExercised } from "./exercise.js";
import type { Town } from "./town.js";

const towns: Town[] = [];

interface Space {
  readonly id: string;
  readonly name: string;
}

async function open() {
  const arize = await ArizeClient.open();
  towns.push(arize.town);
  const make = async (name: string) =>
    ok(await arize.post("/spaces", { name, organization_id: "T3JnOjE=", description: `of ${name}` }), 201)
      .body as Space;
  const names = async () =>
    (ok(await arize.get("/spaces"), 200).body as { spaces: Space[] }).spaces.map(({ name }) => name);
  const dataset = async ({ id }: Space, name: string) =>
    ok(await arize.post("/datasets", { name, space_id: id, examples: [{ a: 1 }] }), 201).body as Dataset;
  return { arize, make, names, dataset };
}

const at = ({ id }: Space) => `/spaces/${encodeURIComponent(id)}`;

test("a space is made, filled, renamed with its datasets, and removed with them; others stay", async () => {
  const { arize, make, names, dataset } = await open();
  const team = await make("team");
  expect(team).toMatchObject({ name: "team", description: "of team", is_private: false });
  expect(atob(team.id)).toMatch(/^Space:1:[0-9a-f]{32}$/);
  expect((await arize.get(at(team))).body).toEqual(team);
  expect(await names()).toEqual(["sheaf", "team"]);
  const [qa] = [await dataset(team, "qa"), await dataset(team, "more/qa"), await dataset(await make("teams"), "qa")];
  expect((await arize.town.repo.dataset("team/qa").at()).info.count).toBe(1);

  const renamed = ok(await arize.patch(at(team), { name: "crew" }), 200).body as Space;
  expect(renamed).toEqual({ ...team, name: "crew" });
  expect(ok(await arize.get(`/datasets/${encodeURIComponent(qa.id)}`), 200).body).toMatchObject({
    name: "qa",
    space_id: team.id,
    versions: [{ name: "v1" }],
  });
  const within = async () => {
    const { datasets } = ok(await arize.get(`/datasets?space_id=${encodeURIComponent(team.id)}`), 200).body as {
      datasets: Dataset[];
    };
    return datasets.map(({ name }) => name).sort();
  };
  expect(await within()).toEqual(["more/qa", "qa"]);
  expect(ok(await arize.patch(at(team), { description: "new" }), 200).body).toEqual({ ...renamed, description: "new" });

  expect(await arize.delete(at(team))).toMatchObject({ status: 204, text: "" });
  expect(await names()).toEqual(["sheaf", "teams"]);
  const { datasets } = ok(await arize.get("/datasets"), 200).body as { datasets: Dataset[] };
  expect(datasets.map(({ name }) => name)).toEqual(["qa"]);
});

test("what is no space is refused; those of the server stay as they are; a folder's records are none of a space's", async () => {
  const { arize, make, names } = await open();
  const records = await make("records");
  const own = { id: await arize.space(), name: "sheaf" };
  const organization_id = "x";
  const cases: readonly (readonly [number, string, string, unknown])[] = [
    [409, "POST", "/spaces", { name: "records", organization_id }],
    [409, "POST", "/spaces", { name: "sheaf", organization_id }],
    [400, "POST", "/spaces", { name: "x" }],
    [422, "POST", "/spaces", { name: " ", organization_id }],
    [422, "POST", "/spaces", { name: "x".repeat(256), organization_id }],
    [422, "POST", "/spaces", { name: "x", organization_id, description: "x".repeat(1001) }],
    [422, "PATCH", at(records), {}],
    [409, "PATCH", at(records), { name: "sheaf" }],
    [409, "PATCH", at(own), { name: "x" }],
    [409, "DELETE", at(own), undefined],
    [404, "DELETE", `/spaces/${btoa("Space:1:x")}`, undefined],
  ];
  for (const [status, method, path, body] of cases) {
    const answer = await arize.ask(method, path, body);
    expect([method, body, answer.status, answer.body]).toMatchObject([method, body, status, { status }]);
  }
  expect(await names()).toEqual(["sheaf", "records"]);
  await make("stays");
  ok(await arize.delete(at(records)), 204);
  expect(await names()).toEqual(["sheaf", "stays"]);
});

test("a token knows of the spaces in which a dataset may be its own, and takes none away that holds others'", async () => {
  const { arize } = await open();
  const { town } = arize;
  const by = { name: "Eve", email: "eve@example.org", scope: "write" } as const;
  const tokenFor = async (datasets?: readonly string[]) => {
    const { secret } = await createToken(town.repo.local(), { ...by, ...(datasets ? { datasets } : {}) });
    return (method: string, path: string, body?: unknown) =>
      town.ask(method, `/arize/v2${path}`, body, { authorization: `Bearer ${secret}` });
  };
  const all = await tokenFor();
  const [team] = await Promise.all(
    ["team", "new", "secret"].map(
      async name => ok(await all("POST", "/spaces", { name, organization_id: "o" }), 201).body as Space,
    ),
  );
  for (const name of ["mine", "hidden"])
    ok(await all("POST", "/datasets", { name, space_id: team.id, examples: [{ a: 1 }] }), 201);
  const some = await tokenFor(["team/mine", "new/*"]);
  const { spaces } = ok(await some("GET", "/spaces"), 200).body as { spaces: Space[] };
  expect(spaces.map(({ name }) => name).sort()).toEqual(["new", "sheaf", "team"]);
  const writer = await tokenFor(["team/mine", "records/*"]);
  for (const answer of [await writer("DELETE", at(team)), await writer("PATCH", at(team), { name: "crew" })])
    expect([answer.status, answer.text.includes("hidden")]).toEqual([403, false]);
});

test("of many who make one name at once, one wins", async () => {
  const { arize } = await open();
  const rivals = Array.from({ length: 6 }, () => arize.post("/spaces", { name: "one", organization_id: "x" }));
  expect((await Promise.all(rivals)).map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
});

test("the operations that were used", () => expectExercised("arize", "recorded exchanges", towns, "spaces"));
