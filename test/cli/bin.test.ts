/** The program itself, as the system starts it; everything else is tested in process. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freshShell } from "./shell.js";

const bin = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.cjs", import.meta.url));

function program(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, [bin, ...args], { cwd, encoding: "utf8" });
}

test("prints its version", () => {
  const { status, stdout } = program("/", "--version");
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test("starts with what V8 compiled when it was bundled", () => {
  const { load } = createRequire(bin)("./load.cjs") as { load(): { script: { cachedDataRejected?: boolean } } };
  expect(load().script.cachedDataRejected).toBe(false);
});

test.each([
  ["of another V8", (compiled: string) => writeFileSync(compiled, "nonsense")],
  ["missing", (compiled: string) => rmSync(compiled)],
])("runs the same where what was compiled is %s", (_, spoil) => {
  const { folder } = freshShell();
  const packageFolder = join(dirname(bin), "..");
  for (const name of ["bin", "bundle", "package.json"])
    cpSync(join(packageFolder, name), join(folder, name), { recursive: true });
  spoil(join(folder, "bundle/sheaf.compiled"));
  const { status, stdout } = spawnSync(process.execPath, [join(folder, "bin/sheaf.cjs"), "--version"], {
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([0, program("/", "--version").stdout]);
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
  // More than the pipe holds: the import reads.
  for (let n = 0; n < 64; n++) await new Promise(resolve => child.stdin.write('{"a":1}\n'.repeat(4096), resolve));
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(130);
  expect(JSON.parse(program(folder, "status", "--json").stdout)).toEqual({ branch: "main", datasets: [] });
});
