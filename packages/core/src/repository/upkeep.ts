/** Upkeep of a repository as its users ask for it: verify, gc, repack. The work is the store's; what blocks mean is known here. */
import type { Digest } from "../block/cid.js";
import { blockType, decodeCommit, decodeTag } from "../history/commit.js";
import { decodeSnapshot } from "../history/snapshot.js";
import { decodeDataset } from "../dataset/dataset.js";
import { decode } from "../item/cbor.js";
import { repack as repackStore, type Repacked } from "../store/repack.js";
import { sweep, type Swept } from "../store/sweep.js";
import { verify as verifyStore, type Finding, type Verified } from "../store/verify.js";
import type { Context } from "./context.js";
import type { Watch } from "./contract.js";
import { isLeftOut, partOf } from "./part.js";

export interface GcOptions extends Watch {
  /** Only counts. */
  readonly dryRun?: boolean;
  /** Milliseconds between condemning and removing; default a day. 0 removes at once: only when nobody else uses the repository. */
  readonly graceMs?: number;
  /** Milliseconds that old entries of reflogs, and what only they name, are kept; default 90 days, at least the grace. */
  readonly keepMs?: number;
}

export interface RepackOptions extends Watch {
  /** Merges all packs, those too that are large enough to stay. */
  readonly all?: boolean;
}

/** Reads every block and proves it, and follows every ref to its last item. Yields what is wrong; returns the numbers. */
export async function* verify(context: Context, watch: Watch): AsyncGenerator<Finding, Verified> {
  const part = await partOf(context);
  const findings = verifyStore(context.store, context.logs, { ...watchBlocks(watch), check: meaningFault });
  let count = 0;
  for (;;) {
    const { done, value } = await findings.next();
    if (done) return { ...value, findings: count };
    if (part && (await isLeftOut(context, part, value))) continue;
    count++;
    yield value;
  }
}

/** Removes what no ref reaches any more. What is condemned goes a grace later, at the next gc. */
export async function gc(context: Context, { dryRun = false, graceMs, keepMs, ...watch }: GcOptions): Promise<Swept> {
  const grace = graceMs === undefined ? {} : { graceMs, replacedGraceMs: graceMs };
  const keep = keepMs === undefined ? {} : { keepMs };
  const isPartial = (await partOf(context)) !== undefined;
  return context.keeper.alone(() =>
    sweep(context.store, context.logs, { isDryRun: dryRun, isPartial, ...grace, ...keep, ...watchBlocks(watch) }),
  );
}

/** Merges small packs into larger ones and compresses them. */
export function repack(context: Context, { all = false, ...watch }: RepackOptions): Promise<Repacked> {
  return context.keeper.alone(() => repackStore(context.store, { isFull: all, ...watchBlocks(watch) }));
}

function watchBlocks({ signal, progress }: Watch) {
  const tell =
    progress &&
    ((done: number, total?: number) =>
      progress({ phase: "reading", done, ...(total === undefined ? {} : { total }), unit: "blocks" }));
  return { signal, progress: tell };
}

/** What is wrong with a structured block, beyond its bytes being right; `undefined` when nothing is. */
function meaningFault(bytes: Uint8Array, _digest: Digest): string | undefined {
  const read = { commit: decodeCommit, tag: decodeTag, snapshot: decodeSnapshot, dataset: decodeDataset };
  try {
    const type = blockType(decode(bytes));
    if (type !== undefined && type in read) read[type as keyof typeof read](bytes);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
