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
