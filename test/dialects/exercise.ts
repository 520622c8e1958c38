/** Which operations of a dialect a test really used: those that the server answered with success, by its own log. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Town } from "./town.js";

/** Where what tests used is kept, one file each: the first line says by whom, each other line names an operation. */
export const exercisedFolder = fileURLToPath(new URL("exercised", import.meta.url));

/**
 * Holds the operations that a test file used against the list that is kept of them, from which `docs/compatibility.md` is made.
 *
 * To be called once, at the end of a test file. `vitest -u` writes the list anew.
 *
 * @param by    who asked: an SDK as its registry names it (`npm opik@2.0.40`, `PyPI opik 2.0.40`), or `recorded exchanges`
 * @param part  tells apart the test files of one `by`
 */
export async function expectExercised(vendor: string, by: string, towns: readonly Town[], part = ""): Promise<void> {
  const used = new Set<string>();
  for (const { log } of towns)
    for (const { route, status } of log)
      if (status < 400 && route?.startsWith(`${vendor}.`) === true) used.add(route.slice(vendor.length + 1));
  const file = `${exercisedFolder}/${vendor}.${`${by} ${part}`
    .toLowerCase()
    .trim()
    .replace(/[^a-z0-9.]+/g, "-")}.txt`;
  await expect(`${[by, ...[...used].sort()].join("\n")}\n`).toMatchFileSnapshot(file);
}
