/** The bucket drive against a real S3 server, which this test builds and starts: its contract, rivals, lost replies, and processes that are killed. */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Repository } from "@sheaf/core";
import { driveContract } from "@sheaf/core/testing";
import { printCid } from "../../core/src/block/cid.js";
import { verify } from "../../core/src/store/verify.js";
import { Scene, textsOf } from "../../core/src/testing/scene.js";
import { bundle } from "../test/bundle.js";
import { startCutter } from "../test/cutter.js";
import { startVersity, type BucketServer } from "../test/versity.js";
import { openBucket, printBucketUrl } from "./bucket.js";
import { MemoryDrive } from "./memory.js";
import { nodePlatform } from "./node.js";

/** Commits of each writer, and instants at which a process is killed; the environment sets more. */
const commits = Number(process.env["SHEAF_BUCKET_COMMITS"] ?? 150);
const points = Number(process.env["SHEAF_CRASH_POINTS"] ?? 16);
const seed = Number(process.env["SHEAF_SEED"] ?? Date.now() % 1_000_000);

let server: BucketServer;
let prefixes = 0;

beforeAll(async () => void (server = await startVersity()));
afterAll(() => server?.close());

const freshPlace = () => ({ ...server, prefix: `fresh/${prefixes++}` });
const author = () => ({ name: "Ada", email: "ada@example.org" });
const env = () => ({
  ...process.env,
  AWS_ACCESS_KEY_ID: server.accessKeyId,
  AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
});

driveContract("bucket, on a real server", async () => {
  const place = freshPlace();
  return { drive: await openBucket(place), again: () => openBucket(place), close: async () => undefined };
});

/** Starts a script with these arguments; gives the process, and what it said by the time that it ended. */
function start(script: string, args: string[], more = {}): { child: ChildProcess; ended: Promise<string> } {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...env(), ...more },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout?.on("data", data => (said += String(data)));
  return { child, ended: new Promise(resolve => child.on("close", () => resolve(said))) };
}

async function script(name: string): Promise<string> {
  const built = await bundle(name);
  onTestFinished(built.remove);
  return built.path;
}

test("of four processes that race for the same names each name has one winner", async () => {
  const place = freshPlace();
  const path = await script("race.ts");
  const won = await Promise.all(
    Array.from({ length: 4 }, (_, i) => {
      const child = fork(path, [printBucketUrl(place), String(i)], { stdio: "inherit", env: env() });
      return new Promise<number[]>((resolve, reject) => {
        child.on("message", message => resolve(message as number[]));
        child.on("error", reject);
      });
    }),
  );
  expect(won.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  const drive = await openBucket(place);
  for (const [process, names] of won.entries())
    for (const name of names)
      expect(new TextDecoder().decode(await drive.read(`race/${name}`))).toBe(`process ${process}`);
});

test("a large object in parts: of six rivals one wins, and its bytes are there", async () => {
  const place = freshPlace();
  const name = `packs/${"ab".repeat(16)}`;
  async function* stream(fill: number) {
    for (let i = 0; i < 12; i++) yield new Uint8Array(1 << 20).fill(fill);
  }
  const rivals = await Promise.all(Array.from({ length: 6 }, () => openBucket(place)));
  const won = await Promise.all(rivals.map((drive, i) => drive.create(name, stream(i))));
  expect(won.filter(Boolean)).toHaveLength(1);
  const bytes = await (await openBucket(place)).read(name);
  expect(bytes?.length).toBe(12 << 20);
  expect(bytes?.every(byte => byte === won.indexOf(true))).toBe(true);
});

test(`a process killed at ${points} instants of its requests (seed ${seed}) leaves the old or the new state, whole`, async () => {
  const path = await script("bucket-crash.ts");
  const expected: string[] = [];
  const model = await Scene.open(new MemoryDrive(), nodePlatform);
  for (let i = 0; i < 4; i++)
    expected.push(printCid((await model.commit("refs/heads/main", textsOf(`commit ${i}`, 12))).commit));
  const calls = Number(/calls (\d+)/.exec(await start(path, [printBucketUrl(freshPlace())]).ended)?.[1]);
  expect(calls).toBeGreaterThan(50);
  const step = calls / points;
  for (let i = 0; i < points; i++) {
    const killAt = 1 + Math.floor((i * step + (seed % step)) % calls);
    const place = freshPlace();
    const said = await start(path, [printBucketUrl(place)], { SHEAF_KILL_AT: String(killAt) }).ended;
    const acknowledged = said.split("\n").filter(line => line.startsWith("done")).length;
    const scene = await Scene.open(await openBucket(place), nodePlatform);
    for await (const finding of verify(scene.store, scene.logs)) expect([killAt, finding]).toBeUndefined();
    const value = (await scene.logs.read("refs/heads/main"))?.value;
    // The old state, or the new one whose acknowledgement died with the process; before the first commit there is none.
    expect([killAt, [expected[acknowledged - 1], expected[acknowledged]]]).toEqual([
      killAt,
      expect.arrayContaining([value ?? undefined]),
    ]);
    await scene.commit("refs/heads/main", ["life goes on"]);
  }
});

test(`two writers, one on a line that breaks, one killed and started again, with gc and repack meanwhile (seed ${seed}): nothing acknowledged is lost`, async () => {
  const place = freshPlace();
  const cutter = await startCutter(server.endpoint, 12, seed + 1);
  onTestFinished(() => cutter.close());
  const first = await Repository.open(await openBucket(place), { platform: nodePlatform, author, create: true });
  await first.createDataset("qa");
  const path = await script("bucket-writer.ts");
  const upkeep = start(path, [printBucketUrl(place), "upkeep", "keeper"]);
  const broken = start(path, [
    printBucketUrl({ ...place, endpoint: cutter.endpoint }),
    "write",
    "ada",
    String(commits),
  ]);
  const killed: Promise<string>[] = [];
  for (let life = 0; life < 5; life++) {
    const writer = start(path, [printBucketUrl(place), "write", `bob${life}`, String(commits / 5)]);
    // It dies as soon as some commits are acknowledged, in the midst of the next one; the last one lives.
    let seen = 0;
    writer.child.stdout?.on("data", () => life < 4 && ++seen === 20 + life * 2 && writer.child.kill("SIGKILL"));
    killed.push(writer.ended);
    await writer.ended;
  }
  const acknowledged = [await broken.ended, ...(await Promise.all(killed))].join("").trim().split("\n");
  upkeep.child.kill("SIGKILL");
  expect((await upkeep.ended).length).toBeGreaterThan(0);
  expect(acknowledged.filter(id => id.startsWith("ada"))).toHaveLength(commits);
  expect(Math.min(cutter.cut.before, cutter.cut.after)).toBeGreaterThan(3);

  const repository = await Repository.open(await openBucket(place), { platform: nodePlatform, author });
  for await (const finding of repository.verify()) expect(finding).toBe("no finding");
  const ids = new Set<string>();
  for await (const { id } of repository.dataset("qa").rows()) ids.add(id);
  const messages: string[] = [];
  for await (const { message } of repository.log()) messages.push(message);
  expect(acknowledged.filter(id => !ids.has(id) || !messages.includes(id))).toEqual([]);
  expect(messages).toHaveLength(new Set(messages).size);
});
