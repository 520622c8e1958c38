/** The work of a process that is killed at some instant: commits with a repack and a sweep between them, each said when it is acknowledged. */
import { writeSync } from "node:fs";
import type { Drive } from "@sheaf/core";
import { repack } from "../../core/src/store/repack.js";
import { sweep } from "../../core/src/store/sweep.js";
import { Scene, textsOf } from "../../core/src/testing/scene.js";
import { nodePlatform } from "../src/node.js";

const say = (text: string) => writeSync(1, `${text}\n`);

/** Works until it is done or killed; says at the end how many calls there were to be killed at. */
export async function work(drive: Drive, callsSoFar: () => number): Promise<void> {
  const scene = await Scene.open(drive, nodePlatform);
  for (let i = 0; i < 4; i++) {
    await scene.commit("refs/heads/main", textsOf(`commit ${i}`, 12));
    say(`done ${i}`);
    if (i === 1) await repack(scene.store, { isFull: true });
    if (i === 2) await sweep(scene.store, scene.logs, { graceMs: 0, keepMs: 0 });
  }
  const transaction = await scene.store.begin();
  for (let i = 0; i < 70; i++) {
    transaction.put(new Uint8Array(100_000).fill(i));
    await transaction.drain();
  }
  await transaction.close();
  say(`calls ${callsSoFar()}`);
}
