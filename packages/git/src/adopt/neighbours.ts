/**
 * Where unchanged files of the base stand in its tree of rows: rows that nobody touched are neither read nor counted, but for one line beside each run.
 *
 * Lines and rows of a base stand in the same order, so a line with an id leads to its row, and a file without ids is found by counting from the nearest that has one.
 */
import {
  badInput,
  fromUtf8,
  isObject,
  lookUpPositions,
  parseJson,
  rank,
  rowKey,
  type BlockReader,
  type DatasetBlock,
} from "@sheaf/core";
import type { Oid } from "../object.js";
import { markBytes } from "../project/texts.js";
import type { RowFile, RowFiles, RowsFolder } from "./row-files.js";
import { countRows } from "./row-reader.js";

/** Line counts that are kept. */
const keptCounts = 100_000;

/** How many rows files of this content hold: kept between commits, for datasets whose lines have no ids. */
export class LineCounts {
  readonly #counts = new Map<Oid, number>();

  of(oid: Oid, body: Uint8Array): number {
    const known = this.#counts.get(oid);
    if (known !== undefined) return known;
    const count = countRows(body);
    if (this.#counts.size >= keptCounts) this.#counts.clear();
    this.#counts.set(oid, count);
    return count;
  }

  get(oid: Oid): number | undefined {
    return this.#counts.get(oid);
  }
}

/** The base's files of rows. */
export class Neighbours {
  #files: readonly RowFile[] | undefined;

  /** @param now  the path that the `rows` folder has in the new tree, where the unchanged files are */
  constructor(
    readonly reader: BlockReader,
    readonly dataset: DatasetBlock,
    readonly folder: RowsFolder,
    readonly now: string,
    readonly rowFiles: RowFiles,
    readonly counts: LineCounts,
  ) {}

  /** The index of the first row in or below these files, or of the last; `undefined` when they hold none. */
  async edge(files: readonly RowFile[], side: "first" | "last"): Promise<number | undefined> {
    for (const file of side === "first" ? files : files.toReversed()) {
      const index = file.isFolder
        ? await this.edge(await this.rowFiles.list({ ...this.folder, path: file.path, tree: file.oid }), side)
        : await this.#edgeOf(file, side);
      if (index !== undefined) return index;
    }
    return undefined;
  }

  async #edgeOf(file: RowFile, side: "first" | "last"): Promise<number | undefined> {
    const body = await this.folder.objects.blob(file.oid, file.path);
    const line = side === "first" ? firstLine(body) : lastLine(body);
    if (line === undefined) return undefined;
    const id = idOf(line);
    if (id !== undefined) return this.#indexOf(id);
    const start = await this.#startOf(file);
    return side === "first" ? start : start + this.counts.of(file.oid, body) - 1;
  }

  async #indexOf(id: string): Promise<number> {
    const position = (await lookUpPositions(this.reader, this.dataset, [id])).get(id);
    if (position === undefined)
      throw badInput("the parent's rows do not fit its files; fetch it anew", { ...this.folder.objects.place, id });
    return rank(this.reader, this.dataset.rows, rowKey(position, id));
  }

  /** The index of the first row of a file, by counting back to a file that ends with an id. */
  async #startOf(file: RowFile): Promise<number> {
    this.#files ??= await this.rowFiles.list(this.folder);
    let rows = 0;
    for (let i = this.#files.findIndex(({ path }) => this.#isSame(path, file.path)) - 1; i >= 0; i--) {
      const { oid, path } = this.#files[i];
      const known = this.counts.get(oid);
      if (known === undefined) {
        const body = await this.folder.objects.blob(oid, path);
        const line = lastLine(body);
        const id = line && idOf(line);
        if (id !== undefined) return (await this.#indexOf(id)) + 1 + rows;
        rows += this.counts.of(oid, body);
      } else rows += known;
    }
    return rows;
  }

  /** Says whether the path of a base's file and one of an unchanged file are the same below the dataset's folder, which may have been renamed. */
  #isSame(own: string, other: string): boolean {
    return own.slice(this.folder.path.length) === other.slice(this.now.length);
  }
}

function firstLine(body: Uint8Array): Uint8Array | undefined {
  for (let at = markBytes(body); at < body.length;) {
    const end = body.indexOf(10, at) + 1 || body.length;
    const line = body.subarray(at, end);
    if (countRows(line) > 0) return line;
    at = end;
  }
  return undefined;
}

function lastLine(body: Uint8Array): Uint8Array | undefined {
  for (let end = body.length; end > 0;) {
    const start = end < 2 ? 0 : body.lastIndexOf(10, end - 2) + 1;
    const line = body.subarray(start, end);
    if (countRows(line) > 0) return line;
    end = start;
  }
  return undefined;
}

/** The id that a line gives; lines of a base were taken once, so this one is sound. */
function idOf(line: Uint8Array): string | undefined {
  const value = parseJson(fromUtf8(line.subarray(markBytes(line))));
  const id = isObject(value) ? value["@id"] : undefined;
  return typeof id === "string" ? id : undefined;
}
