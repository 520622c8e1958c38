/** Gives a run of tests a temporary folder of its own; fails the run when something is left in it, and names that. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `os.tmpdir()` reads, here and on Windows. */
const names = ["TMPDIR", "TEMP", "TMP"];

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-tests-"));
  const before = names.map(name => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = folder;
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    const left = readdirSync(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length === 0) return;
    // Vitest prints what is thrown here, and would end with 0.
    process.exitCode = 1;
    throw new Error(`the tests left ${left.length} in the temporary folder: ${left.slice(0, 20).join(", ")}`);
  };
}
