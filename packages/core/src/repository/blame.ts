import type { Context } from "./context.js";
import type { BlameInfo, Rev, Watch } from "./contract.js";
export async function* blameDataset(_context: Context, _path: string, _options: { at?: Rev; ids?: readonly string[] } & Watch): AsyncIterable<BlameInfo> {}
