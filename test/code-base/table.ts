/** The table of rooms in `docs/architecture.md`, and which room a file or an import belongs to. */

export interface Room {
  /** Paths below `packages/` without `src/`: a folder ends with `/`, a file with `.ts`. */
  readonly paths: readonly string[];
  readonly mayImport: readonly string[];
}

const heading = /^\| *folder *\| *step of the walk *\| *may import *\|$/;

/** Reads the table; throws when the page has none, or a row names no folder. */
export function parseRooms(markdown: string): Room[] {
  const lines = markdown.split("\n");
  const start = lines.findIndex(line => heading.test(line));
  if (start < 0)
    throw new Error("docs/architecture.md has no table with the columns: folder, step of the walk, may import");
  const rest = lines.slice(start + 2);
  const end = rest.findIndex(line => !line.startsWith("|"));
  const rows = rest.slice(0, end < 0 ? rest.length : end);
  const ground = parseRow(rows[0] ?? "", []).paths;
  return rows.map(row => parseRow(row, ground));
}

/** One row; "the ground" in its last cell stands for the paths of the first row. */
function parseRow(row: string, ground: readonly string[]): Room {
  const [folder = "", , mayImport = ""] = row.split("|").slice(1);
  const paths = names(folder);
  if (paths.length === 0) throw new Error(`docs/architecture.md: this row names no folder: ${row}`);
  return { paths, mayImport: [...(mayImport.includes("the ground") ? ground : []), ...names(mayImport)] };
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");
}

/** The room with the longest path that covers this one. */
export function roomOf(rooms: readonly Room[], path: string): Room | undefined {
  const reach = (room: Room) =>
    Math.max(0, ...room.paths.filter(prefix => covers(prefix, path)).map(prefix => prefix.length));
  const best = rooms.toSorted((a, b) => reach(b) - reach(a))[0];
  return best && reach(best) > 0 ? best : undefined;
}

/** Says whether a room may import a file: its own room, or one that its row names. */
export function mayImport(room: Room, path: string): boolean {
  return [...room.paths, ...room.mayImport].some(prefix => covers(prefix, path));
}

function covers(prefix: string, path: string): boolean {
  return prefix.endsWith("/") ? path.startsWith(prefix) : path === prefix;
}

/** `packages/core/src/item/item.ts` → `core/item/item.ts`; `undefined` for what is no package's source. */
export function placeOf(path: string): string | undefined {
  const match = /^packages\/([a-z]+)\/src\/(.+)$/.exec(path);
  return match ? `${match[1]}/${match[2]}` : undefined;
}

/**
 * What an import written at a place names: another place, or a library.
 *
 * `../text.js` at `core/item/item.ts` is the place `core/text.ts`; `@sheaf/drives/folder` is `drives/folder.ts`; `multiformats/cid` is the library
 * `multiformats`; `node:fs` is the library `node:`.
 */
export function resolveImport(place: string, specifier: string): { place: string } | { library: string } {
  if (specifier.startsWith("."))
    return { place: new URL(specifier, `file:///${place}`).pathname.slice(1).replace(/\.js$/, ".ts") };
  if (specifier.startsWith("node:")) return { library: "node:" };
  const own = /^(?:@sheaf\/([a-z]+)|(sheaf))(?:\/(.+))?$/.exec(specifier);
  if (own) return { place: ownPlace(own[1] ?? "sheaf", own[3]) };
  return { library: specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/") };
}

function ownPlace(name: string, entry: string | undefined): string {
  if (entry === undefined) return `${name}/index.ts`;
  return entry === "testing" ? `${name}/testing/index.ts` : `${name}/${entry}.ts`;
}
