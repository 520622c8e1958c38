/** The bucket drive where a server fails, lies or is slow: what a real one cannot be made to do. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { isSheafError } from "@sheaf/core";
import { driveContract } from "@sheaf/core/testing";
import { Double, type Fault, type Habits, type Received } from "../test/double.js";
import { openBucket, type BucketDrive, type BucketSettings } from "./bucket.js";
import { blockBytes } from "./bucket/spans.js";

const access = { accessKeyId: "tester", secretAccessKey: "hidden-secret" };
/** Far less than S3 would take: the double does not mind. */
const partBytes = 64 << 10;
const pack = `packs/${"0123456789abcdef".repeat(2)}`;

driveContract("bucket", async () => {
  const double = await Double.start();
  const open = () => openBucket({ bucket: "datasets", endpoint: double.endpoint, prefix: "some/Where", ...access });
  return { drive: await open(), again: open, close: () => double.close() };
});

/** A drive on a double of its own; waits between attempts are noted and skipped. */
async function openOn(habits: Habits = {}, settings: BucketSettings = {}) {
  const double = await Double.start(habits);
  onTestFinished(() => double.close());
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const place = { bucket: "datasets", endpoint: double.endpoint };
  const open = () => openBucket(place, { ...access, wait, partBytes, ...settings });
  return { double, habits, waits, open, drive: await open() };
}

/** Fails the first request that the words fit, once. */
function once(fits: (received: Received) => boolean, fault: Fault): (received: Received) => Fault | undefined {
  let isDone = false;
  return received => {
    if (isDone || !fits(received)) return undefined;
    isDone = true;
    return fault;
  };
}

const bytesOf = (length: number, seed = 1) => Uint8Array.from({ length }, (_, i) => (i * seed * 31) >>> 3);
const text = (words: string) => new TextEncoder().encode(words);
const isFailure = (words: string) => (error: unknown) =>
  isSheafError(error, "drive-failed") && error.message.includes(words);
const isCreate = ({ method, key }: Received) => method === "PUT" && key === "refs/a";
const isCompletion = ({ method, query }: Received) => method === "POST" && query.has("uploadId");

async function* chunks(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function namesOf(drive: BucketDrive, prefix = "", after?: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of drive.list(prefix, after)) names.push(name);
  return names;
}

test("a reply that is lost is no lost race: what was created is one's own", async () => {
  for (const fault of [
    "lost",
    "cut",
    { status: 500 },
    { status: 503, code: "SlowDown" },
    { status: 409, code: "ConditionalRequestConflict" },
  ] as Fault[]) {
    const { drive, waits } = await openOn({ fault: once(isCreate, fault) });
    expect([fault, await drive.create("refs/a", text("mine"))]).toEqual([fault, true]);
    expect(new TextDecoder().decode(await drive.read("refs/a"))).toBe("mine");
    expect(waits).toHaveLength(1);
  }
});

test("a rival that came first while the connection was cut has won, with equal bytes too", async () => {
  const { drive, double, open } = await openOn();
  const rival = await open();
  await drive.create("refs/other", text("so that the probe is done"));
  double.habits.fault = once(isCreate, "cut");
  const [mine] = await Promise.all([drive.create("refs/a", text("equal")), rival.create("refs/a", text("equal"))]);
  expect(await rival.create("refs/a", text("equal"))).toBe(false);
  expect([true, false]).toContain(mine);
  expect(double.objects.get("refs/a")?.bytes.toString()).toBe("equal");
});

test("a create that fails for good says so, and leaves the name free", async () => {
  const { drive, double, waits } = await openOn({}, { attempts: 4 });
  await drive.create("refs/other", text("so that the probe is done"));
  double.habits.fault = () => ({ status: 503, code: "SlowDown" });
  await expect(drive.create("refs/a", text("mine"))).rejects.toSatisfy(isFailure("503 SlowDown, again and again"));
  expect(waits).toHaveLength(3);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  double.habits.fault = () => "cut";
  await expect(drive.read("refs/a")).rejects.toSatisfy(isFailure("the connection was cut"));
  delete double.habits.fault;
  expect(await drive.read("refs/a")).toBeUndefined();
});

test("a server that overwrites is found out before the first write, and still read from", async () => {
  const { drive, double } = await openOn({ ignoresCondition: true });
  double.objects.set("refs/a", { bytes: Buffer.from("there"), nonce: undefined });
  await expect(drive.create("refs/a", text("mine"))).rejects.toSatisfy(isFailure("does not write"));
  expect(new TextDecoder().decode(await drive.read("refs/a"))).toBe("there");
  expect(await namesOf(drive)).toEqual(["refs/a"]);
});

test("a server that overwrites with parts takes small objects, and no large ones", async () => {
  const { drive, double } = await openOn({ ignoresConditionOnParts: true });
  expect(await drive.create("refs/a", text("small"))).toBe(true);
  await expect(drive.create(pack, chunks(bytesOf(partBytes + 1), 9999))).rejects.toSatisfy(
    isFailure("CompleteMultipartUpload"),
  );
  expect(await drive.read(pack)).toBeUndefined();
  expect(double.uploads.size).toBe(0);
});

test("the probe costs one request in a process that writes, and none in one that reads", async () => {
  const { drive, double, open } = await openOn();
  await drive.create("refs/a", text("1"));
  double.log = [];
  const second = await open();
  await second.read("refs/a");
  await second.create("refs/b", text("2"));
  await second.create("refs/c", text("3"));
  expect(double.log).toEqual([
    "GET refs/a",
    "PUT .probe/create-if-absent",
    "HEAD .probe/create-if-absent",
    "PUT refs/b",
    "PUT refs/c",
  ]);
  expect(await namesOf(second)).toEqual(["refs/a", "refs/b", "refs/c"]);
});

test("a large stream goes in parts of one length, and comes back whole", async () => {
  const { drive, double, open } = await openOn();
  const bytes = bytesOf(2 * partBytes + 12_345, 7);
  expect(await drive.create(pack, chunks(bytes, 7001))).toBe(true);
  expect(double.uploads.size).toBe(0);
  expect(Buffer.compare((await (await open()).read(pack)) ?? text(""), bytes)).toBe(0);
  expect(await drive.create(pack, chunks(bytes, 9999))).toBe(false);
  expect(double.uploads.size).toBe(0);
});

test("a completion whose reply is lost is done, whether the server remembers it or not", async () => {
  const { drive, habits } = await openOn();
  await drive.create("packs/first", chunks(bytesOf(partBytes + 1), 9999));
  for (const [i, fault] of (
    ["lost", { status: 500 }, { body: "<Error><Code>InternalError</Code></Error>" }] as Fault[]
  ).entries()) {
    habits.fault = once(isCompletion, fault);
    expect([fault, await drive.create(`packs/${i}`, chunks(bytesOf(partBytes + 1), 9999))]).toEqual([fault, true]);
  }
});

test("when the stream or a part fails, nothing is at the name and no parts are left", async () => {
  const { drive, double, habits } = await openOn({}, { attempts: 2 });
  async function* broken() {
    yield* chunks(bytesOf(partBytes * 2 + 5), 9999);
    throw new RangeError("the source broke");
  }
  await expect(drive.create(pack, broken())).rejects.toThrow("the source broke");
  expect([await drive.read(pack), double.uploads.size]).toEqual([undefined, 0]);
  habits.fault = ({ query }) => (query.get("partNumber") === "2" ? { status: 500 } : undefined);
  await expect(drive.create(pack, chunks(bytesOf(partBytes * 3), 9999))).rejects.toSatisfy(isFailure("500"));
  expect([await drive.read(pack), double.uploads.size]).toEqual([undefined, 0]);
});

test("a body that is cut is asked for again", async () => {
  const { drive, double, habits } = await openOn();
  double.objects.set("refs/a", { bytes: Buffer.from(bytesOf(50_000)), nonce: undefined });
  for (const span of [undefined, { start: 10, end: 40_000 }, { start: -100 }]) {
    habits.fault = once(({ method }) => method === "GET", "half");
    const whole = bytesOf(50_000);
    const expected = span ? whole.subarray(span.start < 0 ? 49_900 : span.start, span.end) : whole;
    expect(Buffer.compare((await drive.read("refs/a", span)) ?? text(""), expected)).toBe(0);
  }
});

test("spans of a pack are what they are in the whole, whatever is kept", async () => {
  const size = blockBytes * 3 + 777;
  const whole = bytesOf(size, 5);
  const { double, open } = await openOn({}, { cacheBytes: blockBytes * 2 });
  double.objects.set(pack, { bytes: Buffer.from(whole), nonce: undefined });
  const bound = fc.oneof(
    fc.integer({ min: -size - 9, max: size + 9 }),
    fc.constantFrom(0, blockBytes, 2 * blockBytes, size),
  );
  const span = fc.record({ start: bound, end: fc.option(bound.map(Math.abs), { nil: undefined }) });
  await fc.assert(
    fc.asyncProperty(fc.array(span, { maxLength: 6 }), fc.boolean(), async (spans, ignoresRanges) => {
      double.habits.ignoresRanges = ignoresRanges;
      const drive = await open();
      for (const { start, end } of spans) {
        const from = start < 0 ? Math.max(0, size + start) : Math.min(start, size);
        const expected = whole.subarray(from, Math.max(from, Math.min(end ?? size, size)));
        const read = await drive.read(pack, end === undefined ? { start } : { start, end });
        expect(Buffer.compare(read ?? text("nothing"), expected)).toBe(0);
      }
    }),
  );
});

test("what was read of a pack, or just written, is not asked for again", async () => {
  const { double, drive, open } = await openOn({}, { partBytes: blockBytes * 2 });
  await drive.create(pack, bytesOf(blockBytes * 2));
  double.log = [];
  await drive.read(pack, { start: -8192 });
  expect(double.log).toEqual([]);
  const large = pack.replace("0", "f");
  await drive.create(large, chunks(bytesOf(blockBytes * 3), 9999));
  double.log = [];
  await drive.read(large, { start: -8192 });
  expect(double.log).toEqual([]);
  const other = await open();
  await other.read(pack, { start: -8192 });
  await other.read(pack, { start: blockBytes + 5, end: blockBytes * 2 });
  expect(other.read(pack, { start: blockBytes + 5, end: blockBytes + 9 })).toBeInstanceOf(Uint8Array);
  expect(double.log).toHaveLength(1);
  await Promise.all([other.read(pack, { start: 0, end: 9 }), other.read(pack, { start: 7, end: 99 })]);
  expect(double.log).toHaveLength(2);
});

test("a pack that another process removed is forgotten at the next listing", async () => {
  const { double, drive } = await openOn();
  await drive.create(pack, bytesOf(100));
  double.objects.delete(pack);
  expect(await namesOf(drive, "packs/")).toEqual([]);
  expect(await drive.read(pack, { start: 0, end: 5 })).toBeUndefined();
});

test("what this process removed is gone, from the folder of the cache too", async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "sheaf-cache-"));
  onTestFinished(() => rmSync(cacheFolder, { recursive: true, force: true }));
  const { drive, open } = await openOn({}, { cacheFolder });
  await drive.create(pack, bytesOf(100));
  const other = await open();
  expect((await other.read(pack, { start: 0, end: 5 }))?.length).toBe(5);
  expect(readdirSync(cacheFolder)).toHaveLength(1);
  await other.remove(pack);
  expect(await other.read(pack, { start: 0, end: 5 })).toBeUndefined();
});

test("a listing goes on from page to page, in order, and skips what is no name of a drive", async () => {
  const { double, drive } = await openOn({ pageKeys: 7 });
  const names = Array.from({ length: 40 }, (_, i) => `packs/${i}`);
  for (const key of [...names, "packs/UPPER", "packs/a b", "packs/<&>", ".probe/x"])
    double.objects.set(key, { bytes: Buffer.alloc(0), nonce: undefined });
  expect(await namesOf(drive, "packs/")).toEqual([...names].sort());
  expect(await namesOf(drive, "", "packs/33")).toEqual(names.filter(name => name > "packs/33").sort());
  double.habits.listsBackwards = true;
  await expect(namesOf(drive, "packs/")).rejects.toSatisfy(isFailure("byte order"));
});

test.each([
  ["no XML", "hello"],
  ["another shape", "<Other/>"],
  ["a page without its end", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"],
  [
    "an entity of its own",
    '<!DOCTYPE a [<!ENTITY x "y">]><ListBucketResult><Contents><Key>&x;</Key></Contents></ListBucketResult>',
  ],
  ["a key without a name", "<ListBucketResult><Contents/></ListBucketResult>"],
  ["a name outside the prefix", "<ListBucketResult><Contents><Key>other</Key></Contents></ListBucketResult>"],
])("a listing that is %s is refused", async (_, body) => {
  const { drive } = await openOn({ fault: () => ({ body }) });
  await expect(namesOf(drive, "packs/")).rejects.toSatisfy(isFailure("list"));
});

test.each([
  [{ status: 403, code: "AccessDenied" }, "access is denied"],
  [{ status: 403, code: "SignatureDoesNotMatch" }, "check AWS_SECRET_ACCESS_KEY"],
  [{ status: 404, code: "NoSuchBucket" }, "there is no such bucket"],
  [{ status: 301, code: "PermanentRedirect" }, "another region"],
  [{ status: 501, code: "NotImplemented" }, "the server answers 501 NotImplemented"],
])("an answer %j has its sentence everywhere, without secrets or the server's own words", async (fault, words) => {
  const { drive } = await openOn({ fault: ({ method }) => (method === "HEAD" ? undefined : fault) });
  const tries = [
    () => drive.create("refs/a", text("x")),
    async () => drive.read("refs/a"),
    () => namesOf(drive),
    () => drive.remove("refs/a"),
    async () => drive.read(pack, { start: 0, end: 5 }),
  ];
  for (const attempt of tries) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toSatisfy(isFailure(words));
    expect(`${(error as Error).message} ${(error as Error).stack}`).not.toMatch(/hidden-secret|tester|secret words/);
  }
});
