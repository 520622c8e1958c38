/** The program itself, as the system starts it; everything else is tested in process. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freshShell } from "./shell.js";

const bin = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.js", import.meta.url));

function program(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, [bin, ...args], { cwd, encoding: "utf8" });
}

test("prints its version", () => {
  const { status, stdout } = program("/", "--version");
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test("a pipe that closes early does not make it fail", async () => {
  const { folder } = freshShell();
  writeFileSync(
    join(folder, "n.jsonl"),
    Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ i, text: "x".repeat(50) })).join("\n"),
  );
  expect(program(folder, "init").status).toBe(0);
  expect(program(folder, "import", "n", "n.jsonl").status).toBe(0);
  const child = spawn(process.execPath, [bin, "rows", "n"], { cwd: folder });
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect([code, err]).toEqual([0, ""]);
});

test("an interrupt in the middle of an import ends with 130 and leaves the repository as it was", async () => {
  const { folder } = freshShell();
  program(folder, "init");
  const child = spawn(process.execPath, [bin, "import", "n", "-", "--format", "jsonl"], {
    cwd: folder,
    stdio: ["pipe", "ignore", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  const feed = setInterval(() => child.stdin.write('{"a":1}\n'.repeat(2000)), 5);
  await new Promise(resolve => setTimeout(resolve, 600));
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  clearInterval(feed);
  expect(code).toBe(130);
  expect(JSON.parse(program(folder, "status", "--json").stdout)).toEqual({ branch: "main", datasets: [] });
});
