/** What the benchmark and its phases tell each other. */
import { join } from "node:path";

/** Where a phase works: the folder of this size, the file of rows, and how many there are. */
export interface Setting {
  readonly folder: string;
  readonly file: string;
  readonly rows: number;
}

/** What was measured, by name: times in milliseconds, sizes in bytes. */
export type Numbers = Readonly<Record<string, number>>;

/** The dataset that is measured. */
export const dataset = "rows";

/** Where the repository lies in a phase's folder. */
export function repositoryIn(folder: string): string {
  return join(folder, "repository");
}
