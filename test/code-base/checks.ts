/** The rules on the code base, each a pure function from sources to what breaks it: `path:line: what is wrong`. */
import { functionsOf, importsOf, namesUsed, testModifiers, type Source } from "./source.js";
import { mayImport, placeOf, resolveImport, roomOf, type Room } from "./table.js";

const isTest = (path: string) => path.endsWith(".test.ts");
const isForTests = (path: string) =>
  isTest(path) || path.includes("/src/testing/") || /^(packages\/\w+\/)?test\//.test(path);

/** Imports that the table does not allow, files without a room, packages imported by their own name or index. */
export function wrongImports(sources: readonly Source[], rooms: readonly Room[]): string[] {
  return sources.flatMap(source => {
    const place = placeOf(source.path);
    if (place === undefined) return [];
    const room = roomOf(rooms, place);
    if (room === undefined && !isTest(source.path))
      return [`${source.path}:1: has no room in the table of docs/architecture.md`];
    return importsOf(source).flatMap(({ specifier, line }) => {
      const wrong = judgeImport(source.path, place, room, specifier, rooms);
      return wrong ? [`${source.path}:${line}: ${wrong}`] : [];
    });
  });
}

/** Tests may look at their package from outside, and try the engine on real drives. */
function judgeTestImport(rooms: readonly Room[], own: string, place: string, inside: boolean): string | undefined {
  const isFree = inside || place.startsWith("test/") || place.startsWith("drives/");
  return isFree || reaches(rooms, own, place) ? undefined : `tests of ${own} may not import ${place}`;
}

function judgeImport(path: string, place: string, room: Room | undefined, specifier: string, rooms: readonly Room[]) {
  const target = resolveImport(place, specifier);
  const own = place.split("/")[0] ?? "";
  if ("library" in target) {
    return target.library === "node:" && own === "core" && !isForTests(path)
      ? `core is pure and may not import ${specifier}`
      : undefined;
  }
  const inside = target.place.startsWith(`${own}/`);
  if (inside && !specifier.startsWith(".")) return `imports its own package by name, ${specifier}`;
  if (isTest(path)) return judgeTestImport(rooms, own, target.place, inside);
  if (inside && target.place === `${own}/index.ts`) return "imports its own package's index.ts, which is for others";
  return room && mayImport(room, target.place) ? undefined : `${room?.paths.join(" ")} may not import ${target.place}`;
}

/** Says whether any room of a package may import a place: tests beside the code may reach as far as their package. */
function reaches(rooms: readonly Room[], own: string, place: string): boolean {
  return rooms.some(room => room.paths.some(path => path.startsWith(`${own}/`)) && mayImport(room, place));
}

/** Circles of imports between files, types included; each is told once, from its first file in order of path. */
export function importCircles(sources: readonly Source[]): string[] {
  const graph = new Map<string, string[]>();
  for (const source of sources) {
    const place = placeOf(source.path);
    if (place === undefined) continue;
    const targets = importsOf(source).map(({ specifier }) => resolveImport(place, specifier));
    graph.set(
      place,
      targets.flatMap(target => ("place" in target ? [target.place] : [])),
    );
  }
  return circles(graph).map(circle => `${[...circle, circle[0]].join(" → ")}: imports in a circle`);
}

function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (place: string, trail: readonly string[]): void => {
    const at = trail.indexOf(place);
    if (at >= 0) found.push(trail.slice(at));
    if (at >= 0 || done.has(place)) return;
    for (const next of graph.get(place) ?? []) walk(next, [...trail, place]);
    done.add(place);
  };
  for (const place of [...graph.keys()].sort()) walk(place, []);
  return found;
}

/** Libraries that more than one source file imports, or that the importing package's manifest does not list, or that nobody imports. */
export function strayLibraries(
  sources: readonly Source[],
  manifests: ReadonlyMap<string, readonly string[]>,
): string[] {
  const importers = new Map<string, Set<string>>();
  const wrong: string[] = [];
  for (const source of sources) {
    const place = placeOf(source.path);
    if (place === undefined || isForTests(source.path)) continue;
    for (const { specifier, line } of importsOf(source)) {
      const target = resolveImport(place, specifier);
      const name = "library" in target ? target.library : nameOf(target.place);
      if (name === "node:" || specifier.startsWith(".")) continue;
      if (!manifests.get(own(place))?.includes(name))
        wrong.push(`${source.path}:${line}: packages/${own(place)}/package.json does not list ${name}`);
      if ("library" in target) importers.set(name, (importers.get(name) ?? new Set()).add(source.path));
    }
  }
  for (const [name, paths] of importers)
    if (paths.size > 1) wrong.push(`${name} is imported by ${[...paths].join(" and ")}: one file each`);
  for (const [folder, names] of manifests) {
    for (const name of names)
      if (!isOwn(name) && !importers.has(name))
        wrong.push(`packages/${folder}/package.json lists ${name}, which no source imports`);
  }
  return wrong;
}

const own = (place: string) => place.split("/")[0] ?? "";
const nameOf = (place: string) => (own(place) === "sheaf" ? "sheaf" : `@sheaf/${own(place)}`);
const isOwn = (name: string) => name === "sheaf" || name.startsWith("@sheaf/");

/** Files of more than 300 lines, functions of more than 40; tests may have long functions, for `describe` is one. */
export function tooLong(sources: readonly Source[]): string[] {
  return sources.flatMap(source => {
    const lines = source.text.trimEnd().split("\n").length;
    const file = lines > 300 ? [`${source.path}:1: has ${lines} lines, at most 300`] : [];
    const functions = isForTests(source.path) ? [] : functionsOf(source).filter(found => found.lines > 40);
    return [
      ...file,
      ...functions.map(found => `${source.path}:${found.line}: ${found.name} has ${found.lines} lines, at most 40`),
    ];
  });
}

const emptyWords = ["util", "utils", "helper", "helpers", "common", "misc", "type", "types", "manager", "impl"];

/** File names that are no noun of ours, not in kebab case, or repeat their folder's word. */
export function badNames(paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    const [file = "", folder = ""] = path.split("/").reverse();
    const name = file.replace(/(\.real)?(\.test)?\.ts$/, "");
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [`${path}: is not in kebab case`];
    if (name.split("-").some(word => emptyWords.includes(word))) return [`${path}: says nothing about what is in it`];
    return name.startsWith(`${folder}-`) ? [`${path}: repeats the word of its folder`] : [];
  });
}

const globals = ["Buffer", "process", "fetch", "performance", "crypto", "require"];
const timers = ["setTimeout", "setInterval", "setImmediate", "new Date", "Date.now", "Math.random"];
const impureNames = new Set([...globals, ...timers]);

/** Uses of the clock, timers, randomness, the environment or Node in the pure engine. */
export function impurities(sources: readonly Source[]): string[] {
  const pure = sources.filter(({ path }) => path.startsWith("packages/core/src/") && !isForTests(path));
  return pure.flatMap(source =>
    namesUsed(source)
      .filter(({ name }) => impureNames.has(name))
      .map(({ name, line }) => `${source.path}:${line}: core is pure and may not use ${name}`),
  );
}

/** Tests that run alone, and tests left out without a comment in the line above. */
export function focusedOrSkipped(sources: readonly Source[]): string[] {
  return sources.flatMap(source => {
    const lines = source.text.split("\n");
    const explained = (line: number) => /^\s*(\/\/|\*|\/\*)/.test(lines[line - 2] ?? "");
    return testModifiers(source).flatMap(({ name, line }) => {
      if (name.endsWith(".only")) return [`${source.path}:${line}: ${name} keeps every other test from running`];
      if (/\.(skip|skipIf|runIf|todo|fails)$/.test(name) && !explained(line)) {
        return [`${source.path}:${line}: ${name} without a reason in a comment above it`];
      }
      return [];
    });
  });
}

/** Notes to self that should be code or an issue. */
export function leftovers(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) => {
      const word = /\b(TODO|FIXME|XXX|HACK)\b/.exec(line)?.[1]; // rooms.test.ts leaves this file out
      return word ? [`${path}:${i + 1}: ${word} left in the code`] : [];
    }),
  );
}
