/**
 * The public names of every package. A name that comes or goes is a deliberate change: look at the difference, then run
 * `npx vitest run test/exports -u` and say it in docs/CHANGELOG.md.
 */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { entriesOf, exportedNames } from "./code-base/exports.js";

const packages = fileURLToPath(new URL("../packages", import.meta.url));

/** The names of each entry of a package. */
function publicNames(name: string): Record<string, string[]> {
  return Object.fromEntries([...entriesOf(join(packages, name))].map(([entry, file]) => [entry, exportedNames(file)]));
}

test("every package is listed here", () => {
  const named = readdirSync(packages).filter(name => existsSync(join(packages, name, "package.json")));
  expect(named).toEqual(["bench", "cli", "core", "drives", "formats", "sheaf"]);
});

test("bench is for nobody", () => expect(publicNames("bench")).toEqual({}));

test("cli", () => {
  expect(publicNames("cli")).toMatchInlineSnapshot();
});

test("core", () => {
  expect(publicNames("core")).toMatchInlineSnapshot();
});

test("drives", () => {
  expect(publicNames("drives")).toMatchInlineSnapshot();
});

test("formats", () => {
  expect(publicNames("formats")).toMatchInlineSnapshot();
});

test("sheaf", () => {
  expect(publicNames("sheaf")).toMatchInlineSnapshot();
});

test("names are found in every way of exporting", () => {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-exports-"));
  writeFileSync(join(folder, "b.ts"), "export const deep = 1;\nconst hidden = 2;\n");
  writeFileSync(
    join(folder, "a.ts"),
    `export * from "./b.js"; export * as all from "./b.js"; export { deep as shallow, type T } from "./b.js";
     export const x = 1, y = 2; export function f() {} export class C {} export interface I {} export type U = 1; const z = 3;
     export default z;`,
  );
  expect(exportedNames(join(folder, "a.ts")).join(" ")).toBe("C I T U all deep default f shallow x y");
});
