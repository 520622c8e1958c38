/** What others do to the tree of a commit, with any tool: what law tests of adoption draw from. */
import * as fc from "fast-check";

/** Files by path. */
export type Tree = Readonly<Record<string, File>>;
interface File {
  readonly mode: number;
  readonly text: string;
}
/** A change of a tree; `other` is that of another commit, to copy from. */
export type TreeEdit = (tree: Tree, other: Tree) => Tree;

const file = (text: string, mode = 0o100644): File => ({ mode, text });
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const without = (line: string, member: RegExp) => line.replace(member, "").replace(/, ?}/, "}");
const atNth =
  (edit: (line: string) => string) =>
  (list: readonly string[], n: number): string[] =>
    list.map((line, i) => (i === n % list.length ? edit(line) : line));

type LinesEdit = (lines: readonly string[], n: number) => string[];

/** What people do to a file of rows. */
const linesEdits: readonly LinesEdit[] = [
  (list, n) => list.toSpliced(n % (list.length + 1), 0, '{"x":0}'),
  (list, n) => list.toSpliced(n % (list.length + 1), 1),
  atNth(line => without(line, /"@(id|pos)":"[^"]*",?/g)),
  atNth(line => without(line, /"@pos":"[^"]*",?/)),
  list => list.toReversed(),
  list => list.map(line => `${line}\r`),
  list => list.map(line => line.replace(",", ", ")),
  list => list.flatMap((line, i) => (i === 1 ? ["", line] : [line])),
  atNth(line => line.replace(/:([012])/, ":9")),
  (list, n) => list.flatMap((line, i) => (i === n % list.length ? [line, without(line, /"@id":"[^"]*",?/)] : [line])),
  (list, n) => [...list.slice(n % list.length), ...list.slice(0, n % list.length)],
  list => list.map(line => without(line, /"@id":"[^"]*",?/)),
  list => list.map(line => without(line, /"@(id|pos)":"[^"]*",?/g)),
  (list, n) =>
    atNth(line => line.replace(/"@pos":"[^"]*"/, `"@pos":"${["a0", "a1", "a3", "a3h", "b00"][n % 5]}"`))(list, n >> 3),
  (list, n) => list.map((line, i) => (i === 0 && n % 2 === 0 ? `\ufeff${line}` : line)),
];

type Kind = (tree: Tree, other: Tree, n: number) => Tree;

const rowsPath = /^(.+?)\/rows\/(.*)$/;

function split(tree: Tree, n: number): { path: string; folder: string; rows: string[] } | undefined {
  const paths = Object.keys(tree).filter(path => path.endsWith(".jsonl") && rowsPath.test(path));
  const path = pick(paths, n);
  if (path === undefined) return undefined;
  return { path, folder: rowsPath.exec(path)?.[1] ?? "", rows: tree[path].text.split("\n").slice(0, -1) };
}

const inRows =
  (edit: (found: NonNullable<ReturnType<typeof split>>, tree: Tree, other: Tree, n: number) => Tree): Kind =>
  (tree, other, n) => {
    const found = split(tree, n);
    return found ? edit(found, tree, other, n >> 2) : tree;
  };

const text = (lines: readonly string[]) => file(lines.map(line => `${line}\n`).join(""));
const leftOut = (tree: Tree, path: string): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([own]) => own !== path));
const renamed = (tree: Tree, folder: string, to: string): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([path, one]) => [
      path.startsWith(`${folder}/`) ? to + path.slice(folder.length) : path,
      one,
    ]),
  );
const names = ["0", "1", "a", "b/0", "zz"];
const folders = ["qa", "safety/a", "safety/b", "z", "moved", "qa/in", "CON", "rows", "qa/rows/q", "%63ON", "safety"];

const kinds: readonly Kind[] = [
  tree => ({ ...tree, "new/rows/a.jsonl": text(['{"x":1}', '{"x":1}']) }),
  tree => ({ ...tree, link: file("../..", 0o120000), "new/README": file("hi", 0o100755) }),
  tree => leftOut(tree, "sheaf.json"),
  inRows(({ folder }, tree, _, n) => renamed(tree, folder, folders[n % folders.length])),
  inRows(({ folder }, tree, _, n) => ({ ...renamed(tree, folder, folders[n % folders.length]), ...tree })),
  inRows(({ folder }, tree) => leftOut(tree, `${folder}/dataset.json`)),
  inRows(({ path, folder }, tree, _, n) => ({
    ...leftOut(tree, path),
    [`${folder}/rows/x/${n % 3}.jsonl`]: tree[path],
  })),
  inRows(({ path, folder, rows }, tree, _, n) => ({
    ...tree,
    [path]: text(rows.slice(0, n % (rows.length + 1))),
    [`${folder}/rows/${names[n % names.length]}.jsonl`]: text(rows.slice(n % (rows.length + 1))),
  })),
  // A file or a whole folder as another commit has it.
  (tree, other, n) => {
    const path = pick(Object.keys(other), n);
    return path === undefined ? tree : { ...tree, [path]: other[path] };
  },
  (tree, other, n) => {
    const path = pick(Object.keys(other), n);
    const folder = path?.slice(0, path.indexOf("/") + 1);
    const below = Object.entries(other).filter(([own]) => folder && own.startsWith(folder));
    const rest = Object.entries(tree).filter(([own]) => !folder || !own.startsWith(folder));
    return Object.fromEntries([...rest, ...below]);
  },
  // Rows in one more file, with positions that are taken.
  inRows(({ folder }, tree, _, n) => ({
    ...tree,
    [`${folder}/rows/${names[n % names.length]}${n % 2}.jsonl`]: text([
      `{"@id":"n${n % 4}","@pos":"${["a0", "a1", "a2", "Z0", "b00"][n % 5]}","x":1}`,
    ]),
  })),
  inRows(({ path }, tree) => ({ ...tree, [path]: { ...tree[path], mode: 0o100755 } })),
  (tree, _, n) => {
    const path = pick(
      Object.keys(tree).filter(own => own.endsWith("dataset.json")),
      n,
    );
    if (path === undefined) return tree;
    const texts = [
      (json: string) => json.replace(/"path": ".*"/, '"path": "else"'),
      (json: string) => json.replace(/"path": ".*"/, `"path": "${path.slice(0, -"/dataset.json".length)}"`),
      (json: string) => json.replace(/"id": ".*"/, `"id": "${String(n % 7).padStart(32, "0")}"`),
      (json: string) => json.replace(/"id": ".*",\n/, ""),
      (json: string) => json.replaceAll("\n", "\r\n"),
      () => "{}",
    ];
    return { ...tree, [path]: file(texts[(n >> 3) % texts.length](tree[path].text)) };
  },
  // What is at home in one folder under the name of another, by its own account.
  (tree, _, n) => {
    const found = Object.keys(tree).filter(own => own.endsWith("/dataset.json"));
    const [a, b] = [pick(found, n), pick(found, n >> 2)];
    if (a === undefined || b === undefined) return tree;
    return { ...tree, [a]: tree[b], [b]: tree[a] };
  },
  (tree, _, n) => {
    const all = Object.keys(tree);
    const path = pick(all, n);
    return path === undefined ? tree : leftOut(tree, path);
  },
  (tree, _, n) => ({ ...tree, [["qa/rows/x.txt", "README.md", "safety/note", "a/dataset.json"][n % 4]]: file("t") }),
];

const rowsKind = (edit: LinesEdit): Kind =>
  inRows(({ path, rows }, tree, _, n) => ({ ...tree, [path]: text(edit(rows, n)) }));
const all: readonly Kind[] = [...kinds, ...linesEdits.map(rowsKind)];

/** Whatever people do to a tree. A tree that git cannot hold (a file where a folder is) stays as it was. */
export const treeEdits: fc.Arbitrary<TreeEdit> = fc
  .array(fc.tuple(fc.nat({ max: all.length - 1 }), fc.nat({ max: 4096 })), { minLength: 1, maxLength: 4 })
  .map(edits => {
    const edit = (tree: Tree, other: Tree) =>
      edits.reduce((at, [kind, n]) => {
        const next = all[kind](at, other, n);
        return isTree(next) ? next : at;
      }, tree);
    return Object.assign(edit, { [fc.toStringMethod]: () => JSON.stringify(edits) });
  });

function isTree(tree: Tree): boolean {
  const paths = new Set(Object.keys(tree));
  return [...paths].every(path =>
    path
      .split("/")
      .slice(0, -1)
      .every((_, i, names) => !paths.has(names.slice(0, i + 1).join("/"))),
  );
}
