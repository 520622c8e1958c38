/** Files into datasets: lines are encoded on a second thread, where that pays. */
import type { Dataset, Imported, ImportOptions } from "@sheaf/core";
import { encodeLinesBeside } from "@sheaf/drives/line-thread";
import { importInto, type Parsed, type ReadOptions as AllOptions } from "@sheaf/formats";
import type { Source } from "./source.js";

/** How to read a file: its format (default: found out), and what its format takes. */
export type ReadOptions = Omit<AllOptions, "encodeLines">;

/** Imports a source's rows into a dataset. `started` is told of the parser, which knows how far it is. Column order goes into the metadata. */
export function importSource(
  dataset: Dataset,
  source: Source,
  reading: ReadOptions,
  options: ImportOptions,
  started?: (parsed: Parsed) => void,
): Promise<Imported> {
  return importInto(dataset, source, { ...reading, encodeLines: encodeLinesBeside() }, options, started);
}
