/**
 * Reads what vitest wrote with its JSON reporter and prints `<passed> <failed> <skipped>`.
 *
 * A file that could not be loaded, an error outside any test, and a run without tests or without a report each count as one failure.
 */
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const { passed, failed, skipped } = count(readReport());
process.stdout.write(`${passed} ${failed} ${skipped}\n`);

function readReport() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function count(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const tests = report.testResults.flatMap(result => result.assertionResults);
  const of = (...states) => tests.filter(test => states.includes(test.status)).length;
  const unloaded = report.testResults.filter(
    result => result.status === "failed" && !hasFailed(result.assertionResults),
  );
  const failures = of("failed") + unloaded.length;
  const unseen = failures === 0 && (!report.success || tests.length === 0) ? 1 : 0;
  return { passed: of("passed"), failed: failures + unseen, skipped: of("skipped", "pending", "todo", "disabled") };
}

function hasFailed(tests) {
  return tests.some(test => test.status === "failed");
}
