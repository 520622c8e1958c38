/** Upkeep: verify, gc and repack, as the store does them. */
import type { Context } from "./context.js";
import type { Watch } from "./contract.js";

export interface GcOptions extends Watch {
  readonly dryRun?: boolean;
}
export interface RepackOptions extends Watch {
  readonly all?: boolean;
}
export async function* verify(_context: Context, _watch: Watch): AsyncIterable<{ readonly message: string }> {}
export async function gc(_context: Context, _options: GcOptions): Promise<object> { return {}; }
export async function repack(_context: Context, _options: RepackOptions): Promise<object> { return {}; }
