/** A process that writes to a folder is killed at many instants; what it leaves must be the old or the new state, and whole (law 4). */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { printCid } from "../../core/src/block/cid.js";
import { verify } from "../../core/src/store/verify.js";
import { Scene, textsOf } from "../../core/src/testing/scene.js";
import { bundle } from "../test/bundle.js";
import { FolderDrive } from "./folder.js";
import { MemoryDrive } from "./memory.js";
import { nodePlatform } from "./node.js";

/** Instants that a run tries; SHEAF_CRASH_POINTS sets more. */
const points = Number(process.env["SHEAF_CRASH_POINTS"] ?? 12);
const seed = Number(process.env["SHEAF_SEED"] ?? Date.now() % 1_000_000);

function run(script: string, folder: string, killAt: number): Promise<string> {
  const child = spawn(process.execPath, [script, folder], {
    env: { ...process.env, SHEAF_KILL_AT: String(killAt) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", data => (said += String(data)));
  return new Promise(resolve => child.on("close", () => resolve(said)));
}

async function expectedCommits(): Promise<string[]> {
  const scene = await Scene.open(new MemoryDrive(), nodePlatform);
  const commits: string[] = [];
  for (let i = 0; i < 4; i++)
    commits.push(printCid((await scene.commit("refs/heads/main", textsOf(`commit ${i}`, 12))).commit));
  return commits;
}

async function judge(folder: string, said: string, commits: readonly string[], label: string): Promise<void> {
  const drive = FolderDrive.open(folder, { create: true });
  const scene = await Scene.open(drive, nodePlatform);
  for await (const finding of verify(scene.store, scene.logs)) expect(finding).toBe(`no finding at ${label}`);
  const value = (await scene.logs.read("refs/heads/main"))?.value;
  const acknowledged = said.split("\n").filter(line => line.startsWith("done")).length;
  const allowed = [commits[acknowledged - 1], commits[acknowledged]].filter(commit => commit !== undefined);
  if (acknowledged === 0 && value === undefined) return drive.close();
  expect({ label, isAllowed: allowed.includes(value ?? "") }).toEqual({ label, isAllowed: true });
  // Life goes on in the same folder.
  await scene.commit("refs/heads/main", ["after the crash"]);
  drive.close();
}

test(`a process killed at ${points} of its instants (seed ${seed}) leaves the old or the new state, whole`, async () => {
  const script = await bundle("crash.ts");
  const root = mkdtempSync(join(tmpdir(), "sheaf-crash-"));
  onTestFinished(() => {
    script.remove();
    rmSync(root, { recursive: true, force: true });
  });
  const commits = await expectedCommits();
  const said = await run(script.path, join(root, "whole"), 0);
  const calls = Number(/calls (\d+)/.exec(said)?.[1]);
  expect(calls).toBeGreaterThan(100);
  const step = calls / points;
  const instants = Array.from({ length: points }, (_, i) => 1 + Math.floor((i * step + (seed % step)) % calls));
  for (let i = 0; i < points; i += 2) {
    const pair = instants.slice(i, i + 2).map(async killAt => {
      const folder = join(root, String(killAt));
      await judge(folder, await run(script.path, folder, killAt), commits, `call ${killAt} of ${calls}, seed ${seed}`);
    });
    await Promise.all(pair);
  }
});
