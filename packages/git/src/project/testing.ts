/** What tests of the projection share: git's objects in memory, and the projection said plainly, from documents, to compare with. */
import { createHash } from "node:crypto";
import { compareText, encode, isObject, LinePrinter, utf8, type ValueObject, joinBytes } from "@sheaf/core";
import { MemoryBlocks, type PlainDataset, type PlainSnapshot } from "@sheaf/core/testing";
import { nodeGitPlatform } from "../node.js";
import type { GitObject, Likeness, ObjectSink, ObjectType, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes, parseTree, printTree, type TreeEntry } from "../tree.js";
import { beginsFile, beginsFolder, type Sizes } from "./cut.js";
import { foldersOf } from "./folder.js";
import { Layouts } from "./layout.js";
import { RecentFiles, type Making } from "./making.js";
import { nameAt } from "./row-file.js";
import { printDatasetText } from "./texts.js";
import { TreeShelf } from "./tree-shelf.js";

/** Git's objects in memory; knows what was put since it was last asked. */
export class MemoryObjects implements ObjectSink {
  readonly objects = new Map<Oid, GitObject>();
  fresh: { oid: Oid; type: ObjectType; like?: Likeness | undefined }[] = [];

  put(type: ObjectType, body: Uint8Array, like?: Likeness): Oid {
    const oid = oidOf(nodeGitPlatform, type, body);
    this.objects.set(oid, { type, body });
    this.fresh.push({ oid, type, like });
    return oid;
  }

  drain(): void {}

  /** What was put since the last call. */
  take(): MemoryObjects["fresh"] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  body(oid: Oid): Uint8Array {
    const found = this.objects.get(oid);
    if (!found) throw new Error(`${oid} was not put`);
    return found.body;
  }

  /** Every file below a tree, by path: its mode and oid. */
  files(tree: Oid, prefix = ""): Map<string, string> {
    const found = new Map<string, string>();
    for (const { mode, name, oid } of parseTree(this.body(tree), { oddModes: "mend" }))
      if (mode === modes.folder) for (const [path, file] of this.files(oid, `${prefix}${name}/`)) found.set(path, file);
      else found.set(prefix + name, `${mode.toString(8)} ${oid}`);
    return found;
  }
}

export const freshBlocks = () =>
  new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

export function making(reader: MemoryBlocks, sink: ObjectSink, more: Partial<Making> = {}): Making {
  return {
    reader,
    sink,
    shelf: new TreeShelf(nodeGitPlatform),
    layouts: new Layouts(),
    recent: new RecentFiles(),
    wantsLikes: true,
    watch: {},
    ...more,
  };
}

/** A drawn snapshot whose items all could be imported: `@meta` is an object. */
export function sound({ datasets, files }: PlainSnapshot): PlainSnapshot {
  const item = (drawn: ValueObject): ValueObject =>
    "@meta" in drawn && !isObject(drawn["@meta"]) ? { ...drawn, "@meta": { of: drawn["@meta"] } } : drawn;
  const rows = (drawn: PlainDataset["rows"]) =>
    new Map(Array.from(drawn, ([id, row]) => [id, { ...row, item: item(row.item) }]));
  return {
    files,
    datasets: new Map(Array.from(datasets, ([path, dataset]) => [path, { ...dataset, rows: rows(dataset.rows) }])),
  };
}

/** The projection of a snapshot by the letter of `docs/projection.md`, from documents. */
export function plainProjection(sink: MemoryObjects, { datasets, files }: PlainSnapshot, sizes?: Sizes): Oid {
  const tree: PlainTree = new Map();
  add(tree, "sheaf.json", utf8('{\n  "format": 1\n}\n'));
  const folders = foldersOf(datasets.keys());
  for (const [path, dataset] of datasets) {
    const folder = folders.get(path) ?? "";
    add(tree, `${folder}/dataset.json`, printDatasetText({ ...dataset, path }));
    for (const [name, body] of rowFiles(dataset, sizes)) add(tree, `${folder}/rows/${name}`, body);
  }
  for (const [path, { mode, text }] of files) add(tree, path, utf8(text), mode);
  return write(sink, tree);
}

type PlainTree = Map<string, PlainTree | { mode: number; body: Uint8Array }>;

function add(tree: PlainTree, path: string, body: Uint8Array, mode = modes.file): void {
  const names = path.split("/");
  let at = tree;
  for (const name of names.slice(0, -1)) {
    const next = at.get(name);
    const folder: PlainTree = next instanceof Map ? next : new Map();
    at.set(name, folder);
    at = folder;
  }
  at.set(names[names.length - 1], { mode, body });
}

function write(sink: MemoryObjects, tree: PlainTree): Oid {
  const entries = Array.from(tree, ([name, node]): TreeEntry =>
    node instanceof Map
      ? { mode: modes.folder, name, oid: write(sink, node) }
      : { mode: node.mode, name, oid: sink.put("blob", node.body) },
  );
  return sink.put("tree", printTree(entries));
}

interface Part {
  readonly position: string;
  readonly path: string;
  readonly body: Uint8Array;
}

const printer = new LinePrinter();

function rowFiles({ rows }: PlainDataset, sizes?: Sizes): [string, Uint8Array][] {
  const sorted = Array.from(rows, ([id, row]) => ({ id, ...row })).sort(
    (a, b) => compareText(a.position, b.position) || compareText(a.id, b.id),
  );
  const files: { position: string; lines: Uint8Array[] }[] = [];
  let bytes = 0;
  for (const [n, { id, position, item }] of sorted.entries()) {
    const line = printer.printRows([encode(item)], [id], [position]).slice();
    const differs = n > 0 && sorted[n - 1].position !== position;
    if (
      n === 0 ||
      (differs && beginsFile({ size: bytes, adds: line.length, position, isFirst: files.length === 1 }, sizes))
    ) {
      files.push({ position: n === 0 ? "" : position, lines: [] });
      bytes = 0;
    }
    files[files.length - 1].lines.push(line);
    bytes += line.length;
  }
  let parts = files.map(({ position, lines }): Part[] => [
    { position, path: `${nameAt(position)}.jsonl`, body: joinBytes(lines) },
  ]);
  for (let level = 1; parts.length > 1; level++) parts = inFolders(parts, level, sizes);
  return parts.flat().map(({ path, body }) => [level0(path), body]);
}

/** The top folder is `rows/` itself and has no name. */
function level0(path: string): string {
  return path.includes("/") ? path.slice(path.indexOf("/") + 1) : path;
}

function inFolders(parts: readonly Part[][], level: number, sizes?: Sizes): Part[][] {
  const folders: Part[][][] = [];
  for (const part of parts) {
    const last = folders.at(-1);
    if (
      !last ||
      beginsFolder(
        level,
        { size: last.length, adds: 1, position: part[0].position, isFirst: folders.length === 1 },
        sizes,
      )
    )
      folders.push([part]);
    else last.push(part);
  }
  return folders.map(folder =>
    folder.flat().map(part => ({ ...part, path: `${nameAt(folder[0][0].position)}/${part.path}` })),
  );
}

/** A dataset of this many rows with lines of about `bytes`, at positions and with ids of their own. */
export function manyRows(
  count: number,
  bytes: number,
  item: (n: number) => ValueObject = () => ({}),
): PlainDataset["rows"] {
  return new Map(
    Array.from({ length: count }, (_, n) => [
      `r${n}`,
      { position: `d${n.toString(36).padStart(4, "0")}`, item: { text: filler(n, bytes), ...item(n) } },
    ]),
  );
}

function filler(n: number, bytes: number): string {
  return createHash("sha256")
    .update(String(n))
    .digest("hex")
    .repeat(Math.ceil(bytes / 64))
    .slice(0, bytes);
}
