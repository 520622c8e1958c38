/** Law 4 against SIGKILL: a process that imports, patches, merges, repacks and collects garbage is killed at random moments, again and again, on one folder. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FolderDrive } from "@sheaf/drives/folder";
import { bundle } from "../../packages/drives/test/bundle.js";
import { all, open } from "../laws/rows.js";

/** How often a process is killed; SHEAF_KILLS=500 looks longer. */
const kills = Number(process.env["SHEAF_KILLS"] ?? 25);
const seed = Number(process.env["SHEAF_SEED"] ?? Date.now() % 1_000_000);
/** Folders that are worked on side by side. */
const lanes = 2;

/** Runs the process and kills it so long after it is at work; gives what it was promised. */
function runAndKill(script: string, folder: string, round: number, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [script, folder, String(seed + round)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", data => {
    const wasReady = said.includes("ready");
    said += String(data);
    if (!wasReady && said.includes("ready")) setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (signal !== "SIGKILL") return reject(new Error(`the process ended by itself with ${code} in round ${round}`));
      // The last line may be cut off: then it was not said.
      resolve(
        said
          .slice(0, said.lastIndexOf("\n") + 1)
          .split("\n")
          .filter(line => line.startsWith("done "))
          .map(line => line.slice(5)),
      );
    });
  });
}

async function lane(script: string, folder: string, rounds: number, first: number): Promise<number> {
  const promised = new Set<string>();
  for (let round = first; round < first + rounds; round++) {
    for (const commit of await runAndKill(script, folder, round, (round * 7919 + seed) % 160)) promised.add(commit);
    const drive = FolderDrive.open(folder);
    const repo = await open(drive);
    const findings = await all(repo.verify());
    expect({ round, findings }).toEqual({ round, findings: [] });
    const kept = new Set((await all(repo.log({ at: "main" }))).map(({ commit }) => commit as string));
    expect({ round, lost: [...promised].filter(commit => !kept.has(commit)) }).toEqual({ round, lost: [] });
    expect((await all(repo.dataset("qa").rows({ at: "main" }))).length).toBe(
      (await repo.dataset("qa").info({ at: "main" })).count,
    );
    drive.close();
  }
  return promised.size;
}

test(
  `a process killed ${kills} times (seed ${seed}) leaves a whole repository, with every commit that was acknowledged`,
  { timeout: 30_000 + kills * 3000 },
  async () => {
    const script = await bundle("../../../test/crash/worker.ts");
    const root = mkdtempSync(join(tmpdir(), "sheaf-kill-"));
    onTestFinished(() => {
      script.remove();
      rmSync(root, { recursive: true, force: true });
    });
    const rounds = Math.ceil(kills / lanes);
    const counts = await Promise.all(
      Array.from({ length: lanes }, (_, i) => lane(script.path, join(root, String(i)), rounds, i * rounds)),
    );
    expect(Math.min(...counts)).toBeGreaterThan(rounds);
  },
);
