/**
 * Makes docs/compatibility.md: what each vendor's SDKs find here, operation by operation.
 *
 * Three things come together, so that the page cannot claim what no test saw:
 *
 * 1. the routes of the dialect (`operationId`, method, path), from the server itself;
 * 2. the vendor's list, `test/dialects/<vendor>-table.ts`: the SDKs' methods of each operation, what differs, what is missing (shape: `VendorTable` in `table.ts`);
 *    add it to `tables` below;
 * 3. the operations that tests used with success: every test file of a vendor, real ones too, ends with a test that calls
 *    `expectExercised("opik", "npm opik@2.0.40", towns)` (`exercise.ts`), which keeps the list in `test/dialects/exercised/`.
 *
 * `npx vitest run test/dialects/<vendor> -u`, `npx vitest run --config vitest.real.config.ts test/dialects/<vendor> -u`, and then
 * `npx vitest run test/dialects/compatibility -u` write all of it anew.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allDialects } from "@sheaf/server";
import { expect, test } from "vitest";
import { arizeTable } from "./arize-table.js";
import { exercisedFolder } from "./exercise.js";
import { galileoTable } from "./galileo-table.js";
import { humanloopTable } from "./humanloop-table.js";
import { opikTable } from "./opik-table.js";
import { printCompatibility, type Exercised, type VendorTable } from "./table.js";

const tables: readonly VendorTable[] = [arizeTable, galileoTable, humanloopTable, opikTable];

const exercised: readonly Exercised[] = readdirSync(exercisedFolder)
  .filter(name => name.endsWith(".txt"))
  .sort()
  .map(name => {
    const [by, ...operations] = readFileSync(join(exercisedFolder, name), "utf8").trim().split("\n");
    return { vendor: name.slice(0, name.indexOf(".")), by, operations };
  });

test.each(tables.map(table => [table.dialect, table] as const))(
  "%s: the list names every route of the dialect and no other, and what tests used is there",
  (name, table) => {
    const routes = allDialects.find(dialect => dialect.name === name)?.routes.map(route => route.operationId) ?? [];
    expect(Object.keys(table.operations).sort()).toEqual([...routes].sort());
    for (const { vendor, operations } of exercised)
      if (vendor === name) expect(routes).toEqual(expect.arrayContaining([...operations]));
  },
);

test("docs/compatibility.md is what routes, lists and tests say", async () => {
  const page = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));
  await expect(printCompatibility(tables, allDialects, exercised)).toMatchFileSnapshot(page);
});
