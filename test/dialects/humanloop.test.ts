/** Humanloop's dialect without a port: the requests that its SDKs send, and the hard points of its reference. */
import { beforeEach, describe, expect, test } from "vitest";
import { Town, type Answer } from "./town.js";

let town: Town;
beforeEach(async () => {
  town = await Town.open();
});

type Json = Record<string, unknown>;

/** Asks below the prefix of the SDK's base URL, and expects this status. */
async function ask(method: string, path: string, body?: unknown, status = 200): Promise<Json & Answer["body"]> {
  const answer = await town.ask(method, `/humanloop/v5${path}`, body, { "x-api-key": "key" });
  expect([answer.status, answer.status === status ? "" : answer.text]).toEqual([status, ""]);
  return answer.body;
}

const point = (n: number) => ({ inputs: { q: `question ${n}` }, target: { answer: n } });
const points = (...ns: number[]) => ns.map(point);
const upsert = (path: string, datapoints: unknown[], more: Json = {}, query = "") =>
  ask("POST", `/datasets${query}`, { path, datapoints, ...more });
const listed = async (id: string, query = "") =>
  ((await ask("GET", `/datasets/${id}/datapoints${query}`))["records"] as Json[]).map(
    one => (one["target"] as Json)["answer"],
  );

describe("upsert", () => {
  test("makes a dataset with its directories, and gives the record of its first version", async () => {
    const made = await upsert("evals/qa", points(1, 2), { version_name: "v1", attributes: { lang: "en" } });
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
    expect(made["id"]).toMatch(/^ds_[0-9A-Za-z]+$/);
    expect(made["version_id"]).toMatch(/^dsv_[0-9A-Za-z]+$/);
    expect(made["directory_id"]).toMatch(/^dir_[0-9A-Za-z]+$/);
    expect(made["created_at"]).toMatch(/Z$/);
  });

  test("set to the same datapoints in any order is the same version; to other ones another", async () => {
    const first = await upsert("qa", points(1, 2));
    const again = await upsert("qa", points(2, 1, 2));
    const other = await upsert("qa", points(3, 1));
    expect(again["version_id"]).toBe(first["version_id"]);
    expect(again["created_at"]).toBe(first["created_at"]);
    expect(other["version_id"]).not.toBe(first["version_id"]);
    expect(await listed(other["id"] as string)).toEqual([3, 1]);
    const back = await upsert("qa", points(1, 2));
    expect(back["version_id"]).toBe(first["version_id"]);
    const { records } = await ask("GET", `/datasets/${first["id"] as string}/versions`);
    expect((records as Json[]).map(one => one["version_id"])).toEqual([other["version_id"], first["version_id"]]);
  });

  test("add appends what is new, remove takes what is equal by content, both from the latest version", async () => {
    const { id } = await upsert("qa", points(1, 2));
    const added = await upsert("qa", points(2, 3, 3, 4), { action: "add" });
    expect(added).toMatchObject({ datapoints_count: 4 });
    expect(await listed(id as string)).toEqual([1, 2, 3, 4]);
    const removed = await upsert("qa", points(1, 9, 3), { action: "remove" });
    expect(removed).toMatchObject({ datapoints_count: 2 });
    expect(await listed(id as string)).toEqual([2, 4]);
  });
});
