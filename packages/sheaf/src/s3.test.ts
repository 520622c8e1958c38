import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Double } from "../../drives/test/double.js";
import { isSheafError, Repository } from "./s3.js";

const author = () => ({ name: "Ada", email: "ada@example.org" });

async function freshBucket() {
  const double = await Double.start();
  onTestFinished(() => double.close());
  const access = { accessKeyId: "tester", secretAccessKey: "secret" };
  return { double, place: { bucket: "datasets", prefix: "team", endpoint: double.endpoint, ...access } };
}

test("a bucket without a repository is refused, unless one is to be made", async () => {
  const { place, double } = await freshBucket();
  await expect(Repository.open(place)).rejects.toSatisfy(
    error => isSheafError(error, "no-such-repository") && error.message.includes("s3://datasets/team"),
  );
  expect(double.objects.size).toBe(0);
  await Repository.open(place, { create: true });
  expect(await (await Repository.open(place)).head()).toEqual({ branch: "main" });
});

test("what was imported is there when the bucket is opened again, by its URL too", async () => {
  const { place } = await freshBucket();
  const first = await Repository.open(place, { create: true, author });
  await first.dataset("qa").import([{ id: "q1", answer: "4" }], { key: "id" });
  const env = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "secret" };
  const again = await Repository.open(`s3://datasets/team?endpoint=${place.endpoint}`, { env });
  expect((await again.dataset("qa").get("q1"))?.item).toEqual({ id: "q1", answer: "4" });
});

test("requests are few, and counted: to open, to read a row, to commit one", async () => {
  const { place, double } = await freshBucket();
  const first = await Repository.open(place, { create: true, author });
  const rows = Array.from({ length: 3000 }, (_, i) => ({ id: `q${i}`, answer: `the answer is ${i}` }));
  await first.dataset("qa").import(rows, { key: "id" });
  const counted = async (work: () => Promise<unknown>) => {
    double.log = [];
    await work();
    const lists = double.log.filter(line => line.includes("list-type")).length;
    return { requests: double.log.length, lists, puts: double.log.filter(line => line.startsWith("PUT")).length };
  };
  const patch = (value: string) => first.dataset("qa").patch([{ op: "replace", path: "/items/q7/answer", value }]);
  await patch("41");
  // HEAD and the branch are a look each, as both were the newest a moment ago: is there a newer entry. Then pack, entry, and a look at the one before it.
  expect(await counted(() => patch("42"))).toEqual({ requests: 5, lists: 0, puts: 2 });
  expect(await counted(() => first.dataset("qa").get("q7"))).toEqual({ requests: 2, lists: 0, puts: 0 });

  let cold = first;
  const packs = [...double.objects.keys()].filter(key => key.includes("/packs/")).length;
  // Verdicts, packs, the format and what a partial clone holds are listed, the format is read, and of each pack the end.
  const opened = await counted(async () => (cold = await Repository.open(place)));
  expect(opened).toEqual({ requests: 5 + packs, lists: 4, puts: 0 });
  // HEAD and the branch are listed and read; what the row needs came with the ends of these small packs, or in one more read.
  const got = await counted(() => cold.dataset("qa").get("q2000"));
  expect(got).toMatchObject({ lists: 2, puts: 0 });
  expect(got.requests).toBeLessThanOrEqual(4 + 3);
  // With a folder that another process filled, packs cost nothing.
  const folder = mkdtempSync(join(tmpdir(), "sheaf-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await Repository.open({ ...place, cacheFolder: folder });
  expect(await counted(() => Repository.open({ ...place, cacheFolder: folder }))).toMatchObject({ requests: 5 });

  // Who names a commit asks no ref.
  const { commit } = await cold.head();
  const frozen = await counted(() => cold.dataset("qa").get("q2001", commit === undefined ? {} : { at: commit }));
  expect(frozen).toEqual({ requests: 0, lists: 0, puts: 0 });
});
