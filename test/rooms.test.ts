/** The rules of `docs/architecture.md`, held on the code base as it is. What each rule refuses is shown in `code-base/checks.test.ts`. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as checks from "./code-base/checks.js";
import { filesBelow, readSources } from "./code-base/source.js";
import { parseRooms } from "./code-base/table.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(join(root, "packages")).filter(name =>
  existsSync(join(root, "packages", name, "package.json")),
);
const rooms = parseRooms(readFileSync(join(root, "docs/architecture.md"), "utf8"));
const folders = packages.flatMap(name => [`packages/${name}/src`, `packages/${name}/test`]);
const sources = readSources(root, [...folders.filter(folder => existsSync(join(root, folder))), "test"]).filter(
  ({ path }) => !path.endsWith("/kernel-bytes.ts"),
);

test("every room in the table is there", () => {
  const onDisk = (path: string) => join(root, "packages", path.replace("/", "/src/"));
  expect(rooms.flatMap(({ paths }) => paths).filter(path => !existsSync(onDisk(path)))).toEqual([]);
});

test("imports go where the table of rooms allows", () => expect(checks.wrongImports(sources, rooms)).toEqual([]));

test("no imports in a circle", () => expect(checks.importCircles(sources)).toEqual([]));

test("each foreign library has one importing file and stands in that package's manifest alone", () => {
  const manifest = (name: string) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
  const listed = packages.map(name => [name, Object.keys(manifest(name).dependencies ?? {})] as const);
  expect(checks.strayLibraries(sources, new Map(listed))).toEqual([]);
});

test("no file is longer than 300 lines, no function than 40", () =>
  expect(checks.tooLong(sources.filter(({ path }) => path !== "test/exports.test.ts"))).toEqual([]));

test("file names say what is in them", () => expect(checks.badNames(sources.map(({ path }) => path))).toEqual([]));

test("the engine uses no clock, timer, randomness, environment or Node", () =>
  expect(checks.impurities(sources)).toEqual([]));

test("no test runs alone, none is left out without a reason", () =>
  expect(checks.focusedOrSkipped(sources)).toEqual([]));

test("no notes to self are left in the code", () => {
  expect(checks.leftovers(sources.filter(({ path }) => !path.startsWith("test/code-base/")))).toEqual([]);
});

test("no file names a package registry", () => {
  const files = ["pnpm-lock.yaml", "package.json", "pnpm-workspace.yaml"].map(name => join(root, name));
  const manifests = packages.map(name => join(root, "packages", name, "package.json"));
  const scripts = [...filesBelow(join(root, ".ci"), ""), ...filesBelow(join(root, "docs"), ".md")];
  const names =
    /registry\.[a-z]+\.|\/\/[^ /]*(npmjs|yarnpkg|jfrog|artifactory|codeartifact)|^\s*registry\s*=|tarball: *http/m;
  expect([...files, ...manifests, ...scripts].filter(file => names.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("decisions are numbered apart, and all are listed", () => {
  const folder = join(root, "docs/decisions");
  const pages = readdirSync(folder).filter(name => name !== "README.md");
  const listed = Array.from(
    readFileSync(join(folder, "README.md"), "utf8").matchAll(/^- \[(\d{4})\]\((.*?)\) (.*)$/gm),
    ([, number, page, title]) => [number, page, `# ${title}`],
  );
  const titleOf = (page: string) => readFileSync(join(folder, page), "utf8").split("\n", 1)[0];
  expect(listed).toEqual(pages.sort().map(page => [page.slice(0, 4), page, titleOf(page)]));
  expect(new Set(pages.map(page => page.slice(0, 4))).size).toBe(pages.length);
});
