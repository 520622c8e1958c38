/** Logs as a drive lists them: the first entry of each is its newest, as entries are numbered downwards. */
import type { Drive } from "./drive.js";
import { parseEntryName } from "./log-entry.js";
import { decodeLogName, encodePrefix } from "./log-name.js";

/** A log in a listing, with the number of its newest entry. */
export interface Listed {
  readonly name: string;
  readonly path: string;
  readonly number: number;
}

/** Entries of one log passed over one by one; then a new listing that begins behind them is cheaper. */
const maxPassed = 32;

/** Lists the logs that begin with the prefix, deleted ones too, in the drive's order. */
export async function* listLogs(drive: Drive, prefix: string): AsyncGenerator<Listed> {
  const folder = encodePrefix(prefix);
  let after = "";
  for (let isDone = false; !isDone;) {
    isDone = true;
    let last = "";
    let passed = 0;
    for await (const file of drive.list(folder, after)) {
      const { path, number } = parseEntryName(file) ?? {};
      if (path === undefined || number === undefined) continue;
      passed = path === last ? passed + 1 : 0;
      const name = path === last ? undefined : decodeLogName(path);
      last = path;
      if (name?.startsWith(prefix)) yield { name, path, number };
      if (passed < maxPassed) continue;
      after = `${path}/~~`;
      isDone = false;
      break;
    }
  }
}
