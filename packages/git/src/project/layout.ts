/** Which folder each dataset of a snapshot lies in, and which files could not be told from a dataset's own. */
import { entries, fromUtf8, printCid, SheafError, type BlockReader, type Digest } from "@sheaf/core";
import { foldersOf } from "./folder.js";
import { rowsEnding, rowsFolder } from "./row-file.js";
import { datasetFile, formatFile } from "./texts.js";

export class Layout {
  readonly #datasets: ReadonlyMap<string, string>;
  /** All folders that hold a dataset's, at any depth, and those themselves. */
  readonly #needed = new Set<string>();

  /** @param folders  of all datasets, by path */
  constructor(readonly folders: ReadonlyMap<string, string>) {
    this.#datasets = new Map(Array.from(folders, ([path, folder]) => [folder, path]));
    for (const folder of folders.values()) for (const above of upTo(folder)) this.#needed.add(above);
  }

  /** The folder of a dataset that is there. */
  folder(path: string): string {
    return this.folders.get(path) ?? "";
  }

  /** The dataset in whose folder a file lies, and its path from there; the innermost where one lies in another. */
  datasetAround(file: string): { path: string; below: string } | undefined {
    for (const folder of upTo(file).toReversed()) {
      const path = this.#datasets.get(folder);
      if (path !== undefined) return { path, below: file.slice(folder.length + 1) };
    }
    return undefined;
  }

  /** Throws refused for a file that the projection could not tell from a dataset's own, be there such a dataset or not. */
  checkFile(file: string): void {
    const dataset = this.#claims(file);
    if (dataset !== undefined) throw inTheWay(file, dataset);
    if (isRows(file)) throw mistakable(file);
  }

  /** The dataset whose own files the path is among; empty for the projection as a whole. */
  #claims(file: string): string | undefined {
    const [top] = file.split("/");
    if (top === formatFile) return "";
    if (this.#needed.has(file))
      return this.#datasets.get(file) ?? [...this.folders].find(([, folder]) => folder.startsWith(`${file}/`))?.[0];
    for (const folder of upTo(file)) {
      const dataset = this.#datasets.get(folder);
      if (dataset !== undefined && isOwn(file.slice(folder.length + 1).split("/"))) return dataset;
    }
    return undefined;
  }
}

/** Says whether names below a dataset's folder lead to one of its own files, or to where it needs a folder. */
function isOwn([first, ...below]: readonly string[]): boolean {
  if (first === datasetFile) return true;
  return first === rowsFolder && (below.length === 0 || below.some(name => name.endsWith(rowsEnding)));
}

/** Says whether a file would be taken for rows wherever it lies. */
function isRows(file: string): boolean {
  const names = file.split("/");
  return names.slice(1, -1).includes(rowsFolder) && file.endsWith(rowsEnding);
}

function inTheWay(file: string, dataset: string): SheafError<"refused"> {
  const what = dataset ? `the dataset ${JSON.stringify(dataset)}` : "Sheaf's own file";
  const sentence = `the file ${JSON.stringify(file)} lies where git holds ${what}; rename it`;
  return new SheafError("refused", { file, ...(dataset && { dataset }) }, sentence);
}

/** A file that whoever reads it from git would take for a dataset's own. */
export function mistakable(file: string): SheafError<"refused"> {
  const sentence = `the file ${JSON.stringify(file)} would be read from git as a dataset's own; rename it`;
  return new SheafError("refused", { file }, sentence);
}

/** The folders from the top down to a path, itself included. */
function upTo(path: string): string[] {
  const names = path.split("/");
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

/** Layouts that are kept. */
const most = 16;

/** Layouts by snapshots' trees of datasets, read when first asked for: most snapshots have the datasets of the one before. */
export class Layouts {
  readonly #known = new Map<string, Layout>();

  async of(reader: BlockReader, datasets: Digest): Promise<Layout> {
    const known = this.#known.get(printCid(datasets));
    if (known) return known;
    const paths: string[] = [];
    for await (const { key } of entries(reader, datasets)) paths.push(fromUtf8(key));
    return this.keep(datasets, new Layout(foldersOf(paths)));
  }

  /** Takes note that the paths of a snapshot's datasets are those of another. */
  keep(datasets: Digest, layout: Layout): Layout {
    this.#known.set(printCid(datasets), layout);
    for (const [oldest] of this.#known) if (this.#known.size > most) this.#known.delete(oldest);
    return layout;
  }
}
