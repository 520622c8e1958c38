/** The version that `sheaf --version` prints: the one in this package's manifest. */
import { readFileSync } from "node:fs";

interface Manifest {
  readonly version: string;
}

export const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest)
  .version;
