/** Whatever fails, at whatever operation: old state or new, never a third, and nothing that was acknowledged is lost (law 4). */
import { describe, expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { printCid } from "../block/cid.js";
import { faults, FaultyDrive } from "../testing/faulty-drive.js";
import { Scene, textsOf } from "../testing/scene.js";
import type { Drive } from "./drive.js";
import { repack } from "./repack.js";
import { sweep } from "./sweep.js";
import { verify } from "./verify.js";

const ref = "refs/heads/main";

/** A piece of work; gives the CID that the ref names after it, if the work moved it. */
type Work = (scene: Scene) => Promise<string | undefined>;

const works: Record<string, Work> = {
  "a small commit": async scene => printCid((await scene.commit(ref, textsOf("new", 12))).commit),
  "a commit that streams": async scene => {
    const transaction = await scene.store.begin();
    for (let i = 0; i < 60; i++) {
      transaction.put(new Uint8Array(100_000).fill(i));
      await transaction.drain();
    }
    await transaction.close();
    return printCid((await scene.commit(ref, textsOf("new", 12))).commit);
  },
  "a repack": async scene => void (await repack(scene.store, { isFull: true })),
  "a sweep": async scene => void (await sweep(scene.store, scene.logs, { graceMs: 0, keepMs: 0 })),
  "a sweep that condemns": async scene => void (await sweep(scene.store, scene.logs, { graceMs: 1, keepMs: 0 })),
};

/** A drive with a branch of three commits in three packs, one of them merged already, and a pack that nothing needs. */
async function begun(): Promise<{ drive: MemoryDrive; old: string }> {
  const drive = new MemoryDrive();
  // Long ago, so that nothing is too fresh for a sweep.
  let now = Date.now() - 1e9;
  const scene = await Scene.open(drive, { ...nodePlatform, now: () => now++ });
  for (const name of ["one", "two"]) await scene.commit(ref, textsOf(name, 12));
  await repack(scene.store, { isFull: true });
  await scene.draw(textsOf("garbage", 12));
  const old = printCid((await scene.commit(ref, textsOf("three", 12))).commit);
  return { drive, old };
}

async function copyOf(drive: Drive): Promise<MemoryDrive> {
  const copy = new MemoryDrive();
  for await (const name of drive.list("")) await copy.create(name, (await drive.read(name)) as Uint8Array);
  return copy;
}

async function expectWhole(drive: Drive, label: unknown): Promise<string | null | undefined> {
  const scene = await Scene.open(drive, nodePlatform);
  for await (const finding of verify(scene.store, scene.logs)) expect([label, finding]).toBeUndefined();
  return (await scene.logs.read(ref))?.value;
}

describe.each(Object.keys(works))("when an operation of %s fails", name => {
  const work = works[name];

  test.each(faults)("(it %s) the ref has its old or its new value, and everything that it needs", async fault => {
    const { drive: base, old } = await begun();
    const count = new FaultyDrive(await copyOf(base));
    const fresh = (await work(await Scene.open(count, nodePlatform))) ?? old;
    for (let failAt = 1; failAt <= count.operations; failAt++) {
      const below = await copyOf(base);
      const drive = new FaultyDrive(below, failAt, fault);
      const outcome = await Scene.open(drive, nodePlatform)
        .then(work)
        .then(
          () => "done",
          () => "failed",
        );
      const value = await expectWhole(below, [name, fault, failAt]);
      if (outcome === "done") expect([failAt, value]).toEqual([failAt, fresh]);
      else expect([old, fresh]).toContain(value);
      // Life goes on: the work can be done again.
      const again = await Scene.open(below, nodePlatform);
      await work(again);
      await sweep(again.store, again.logs, { graceMs: 0 });
      expect(await expectWhole(below, [name, fault, failAt, "again"])).toBe(fresh);
    }
  });
});
