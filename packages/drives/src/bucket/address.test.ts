import fc from "fast-check";
import { expect, test } from "vitest";
import { isSheafError } from "@sheaf/core";
import { checkAddress, parseBucketUrl, printBucketUrl, urlOf, type BucketAddress } from "./address.js";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/);
const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 });
const address = fc
  .record(
    {
      bucket: name,
      prefix: fc.array(segment, { maxLength: 3 }).map(parts => parts.join("/")),
      endpoint: fc.constantFrom("http://127.0.0.1:9000", "https://s3.example.org", "https://example.org/storage/s3"),
      region: fc.constantFrom("us-east-1", "auto"),
      forcePathStyle: fc.boolean(),
    },
    { requiredKeys: ["bucket", "prefix"] },
  )
  .filter(one => isTaken(one));

function isTaken(one: BucketAddress): boolean {
  try {
    return checkAddress(one).prefix === one.prefix;
  } catch {
    return false;
  }
}

test("parse(print(address)) = address", () => {
  fc.assert(
    fc.property(address, one => {
      expect(parseBucketUrl(printBucketUrl(one))).toEqual(one);
    }),
  );
});

test("the URL of every key lies below the bucket and the prefix, and holds the key", () => {
  fc.assert(
    fc.property(address, one => {
      const key = `${one.prefix === "" ? "" : `${one.prefix}/`}refs/heads/m%41in/~99999999`;
      const url = urlOf(one, "us-east-1")(key);
      expect(decodeURIComponent(url.pathname).endsWith(`/${key}`)).toBe(true);
      expect(`${url.hostname}${url.pathname}`).toContain(one.bucket);
    }),
  );
});

test.each([
  [{ bucket: "evals" }, "https://evals.s3.eu-west-1.amazonaws.com/a/b"],
  [{ bucket: "evals", forcePathStyle: true }, "https://s3.eu-west-1.amazonaws.com/evals/a/b"],
  [{ bucket: "my.evals" }, "https://s3.eu-west-1.amazonaws.com/my.evals/a/b"],
  [{ bucket: "evals", endpoint: "http://127.0.0.1:9000/" }, "http://127.0.0.1:9000/evals/a/b"],
  [{ bucket: "evals", endpoint: "https://host.org", forcePathStyle: false }, "https://evals.host.org/a/b"],
])("%j is served at %s", (one, expected) => expect(urlOf(one, "eu-west-1")("a/b").href).toBe(expected));

test.each([
  "s3://",
  "s3:///prefix",
  "http://bucket",
  "s3://key:hidden@bucket",
  "s3://bucket:9000/prefix",
  "s3://bucket/%zz",
  "s3://bucket?endpoint=ftp://host",
  "s3://bucket?endpoint=http://key:hidden@host",
  "s3://bucket?endpoint=http://host?x=y",
  "s3://bucket?secretAccessKey=hidden",
  "s3://bucket?region=a/../b",
  "s3://bucket/a/%2e%2e%2fb",
  "s3://bucket/a//b",
  "s3://bucket/a%00b",
])("%s is refused, and what may be secret is not repeated", url => {
  let refusal: unknown;
  try {
    parseBucketUrl(url);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toSatisfy(error => isSheafError(error, "bad-input") && !error.message.includes("hidden"));
});
