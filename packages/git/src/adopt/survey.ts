/**
 * What differs between the tree of a commit and that of its parent: folders of datasets, and all other files. Equal subtrees are not looked into.
 *
 * A folder, but not the top one, is a dataset's when a file of rows lies below its `rows/`, or its `dataset.json` has an id. Files of rows belong to the outermost
 * such folder; whatever else lies in a dataset's folder is a file like any other.
 */
import { badInput } from "@sheaf/core";
import type { Oid } from "../object.js";
import { datasetFile, formatFile, isFormatText } from "../project/texts.js";
import { modes, type TreeEntry } from "../tree.js";
import { parseDatasetText, type DatasetFacts } from "./dataset-text.js";
import { folderOf, isFolder, pathIn, type CommitObjects } from "./objects.js";
import { isRowFile, type RowFiles } from "./row-files.js";

/** A dataset's folder in one tree. */
export interface DatasetFolder {
  readonly folder: string;
  /** What `dataset.json` says, if there is one. */
  readonly facts: DatasetFacts;
  readonly rows: Oid | undefined;
  /** The `dataset.json` itself. */
  readonly text: Oid | undefined;
}

/** A folder in which rows or `dataset.json` differ, on the sides on which it is a dataset's. */
export interface FolderChange {
  readonly folder: string;
  readonly before: DatasetFolder | undefined;
  readonly after: DatasetFolder | undefined;
}

/** A file that is no dataset's, before and after. */
export interface FileChange {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** One of the two trees, seen from some folder on. */
interface Side {
  readonly objects: CommitObjects;
  readonly tree: Oid | undefined;
}

type Entries = ReadonlyMap<string, TreeEntry>;

const rowsName = "rows";

/** Compares two trees. Throws bad-input for what cannot be adopted. */
export class Survey {
  readonly folders: FolderChange[] = [];
  readonly files: FileChange[] = [];

  constructor(readonly rowFiles: RowFiles) {}

  /** Compares two folders and all below them; `""` is the top. */
  async compare(before: Side, after: Side, folder = ""): Promise<void> {
    if (before.tree === after.tree) return;
    const [old, now] = [await entriesOf(before, folder), await entriesOf(after, folder)];
    const own = await this.#compareDataset(before.objects, old, after.objects, now, folder);
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [a, b] = [old.get(name), now.get(name)];
      const path = pathIn(folder, name);
      if (name === datasetFile) this.#file(path, own.before ? undefined : a, own.after ? undefined : b);
      if (folder === "" && name === formatFile) await checkFormat(after.objects, a, b);
      else if (name !== datasetFile && !isSame(a, b)) this.#file(path, a, b);
      if (isSame(a, b) || (!isFolder(a) && !isFolder(b))) continue;
      const [left, right] = [sideAt(before, a), sideAt(after, b)];
      if (name === rowsName && folder !== "") await this.#compareBesideRows(left, right, path);
      else await this.compare(left, right, path);
    }
  }

  /** Reads the folder of a dataset on one side; `undefined` when it is none. */
  async datasetAt(objects: CommitObjects, entries: Entries, folder: string): Promise<DatasetFolder | undefined> {
    if (folder === "") return undefined;
    const tree = folderOf(entries.get(rowsName));
    const hasRows = await this.rowFiles.hasRows({ objects, path: pathIn(folder, rowsName), tree });
    const text = entries.get(datasetFile);
    if (!hasRows && (!text || isFolder(text) || text.mode === modes.link)) return undefined;
    const facts = await readFacts(objects, text, pathIn(folder, datasetFile), hasRows);
    if (!hasRows && facts?.id === undefined) return undefined;
    return { folder, facts: facts ?? {}, rows: tree, text: text?.oid };
  }

  /** Compares what makes a folder a dataset's; says on which sides it is one. */
  async #compareDataset(
    oldObjects: CommitObjects,
    old: Entries,
    nowObjects: CommitObjects,
    now: Entries,
    folder: string,
  ): Promise<{ before: boolean; after: boolean }> {
    const before = await this.datasetAt(oldObjects, old, folder);
    const after = await this.datasetAt(nowObjects, now, folder);
    const isUnchanged = before?.rows === after?.rows && before?.text === after?.text;
    if ((before || after) && !(before && after && isUnchanged)) this.folders.push({ folder, before, after });
    return { before: before !== undefined, after: after !== undefined };
  }

  /** Compares the files below `rows/` that are no rows. */
  async #compareBesideRows(before: Side, after: Side, folder: string): Promise<void> {
    if (before.tree === after.tree) return;
    const [old, now] = [await entriesOf(before, folder), await entriesOf(after, folder)];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [a, b] = [old.get(name), now.get(name)];
      if (isSame(a, b)) continue;
      const path = pathIn(folder, name);
      if (!isRowFile(name)) this.#file(path, a, b);
      if (isFolder(a) || isFolder(b)) await this.#compareBesideRows(sideAt(before, a), sideAt(after, b), path);
    }
  }

  #file(path: string, a: TreeEntry | undefined, b: TreeEntry | undefined): void {
    const [before, after] = [fileOnly(a), fileOnly(b)];
    if (isSame(before, after)) return;
    this.files.push({ path, before, after });
  }
}

async function entriesOf({ objects, tree }: Side, folder: string): Promise<Entries> {
  if (tree === undefined) return new Map();
  return new Map((await objects.entries(tree, folder)).map(entry => [entry.name, entry]));
}

function sideAt({ objects }: Side, entry: TreeEntry | undefined): Side {
  return { objects, tree: folderOf(entry) };
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function fileOnly(entry: TreeEntry | undefined): TreeEntry | undefined {
  return isFolder(entry) ? undefined : entry;
}

async function readFacts(
  objects: CommitObjects,
  text: TreeEntry | undefined,
  path: string,
  isDataset: boolean,
): Promise<DatasetFacts | undefined> {
  if (!text || isFolder(text)) return undefined;
  if (text.mode === modes.link)
    throw badInput("a link stands where the dataset's own file must be; put the file in its place", objects.at(path));
  return parseDatasetText(await objects.blob(text.oid, path), objects.at(path), isDataset);
}

async function checkFormat(objects: CommitObjects, before: TreeEntry | undefined, now?: TreeEntry): Promise<void> {
  if (!now || isSame(before, now)) return;
  const isText = now.mode === modes.file || now.mode === modes.executable;
  const place = objects.at(formatFile);
  if (isText && isFormatText(await objects.blob(now.oid, formatFile))) return;
  throw badInput("this is not the format that this Sheaf knows, 1; a newer Sheaf may have written it", place);
}
