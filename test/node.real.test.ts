/** The suites of the packages, and the main job, under a newer Node than the oldest that we promise. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly testResults: readonly { assertionResults: readonly { fullName: string; status: string }[] }[];
}

/** Runs a script under Node 24, which npm fetches; gives back what it printed. */
function node24(script: string): string {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name));
  const { stdout, stderr } = spawnSync("npm", ["exec", "--yes", "--package=node@24", "--call", script], {
    cwd: root,
    env: Object.fromEntries(inherited),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
  });
  return stdout + stderr;
}

test("Node 24 runs", () => expect(node24("node --version")).toMatch(/^v24\./));

test("the suites of the packages pass under Node 24", () => {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-node-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "report.json");
  const suites = `node node_modules/vitest/vitest.mjs run packages/ --reporter=json --outputFile='${file}'`;
  const printed = node24(suites);
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName)).toEqual([]);
  expect(report.success, printed).toBe(true);
  expect(report.numPassedTests).toBeGreaterThan(0);
});

test("the main job runs under Node 24", () => expect(node24("node test/quickstart.mjs")).toContain("merge"));
