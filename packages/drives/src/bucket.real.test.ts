/** The bucket drive against a real S3 server, which this test builds and starts. */
import { afterAll, beforeAll } from "vitest";
import { driveContract } from "@sheaf/core/testing";
import { startVersity, type BucketServer } from "../test/versity.js";
import { openBucket } from "./bucket.js";

let server: BucketServer;
let prefixes = 0;

beforeAll(async () => void (server = await startVersity()));
afterAll(() => server.close());

driveContract("bucket, on a real server", async () => {
  const place = { ...server, prefix: `contract/${prefixes++}` };
  return { drive: await openBucket(place), again: () => openBucket(place), close: async () => undefined };
});
