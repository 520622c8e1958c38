/** Which branch of which remote a branch follows, and how far the two are apart. */
import { parseCid } from "../block/cid.js";
import { isSheafError } from "../errors.js";
import { aheadBehind } from "../history/ancestry.js";
import { setKey } from "../item/value.js";
import { Config } from "./config.js";
import type { Context } from "./context.js";
import { branchRef } from "./heads.js";
import type { Upstream } from "./contract.js";
import { trackingRef } from "./remotes.js";

/** The branch that a branch follows. */
export async function upstreamOf(
  context: Context,
  branch: string,
): Promise<{ remote: string; branch: string } | undefined> {
  const all = await new Config(context).all();
  const read = (key: string) => (Object.hasOwn(all, key) ? all[key] : undefined);
  const remote = read(`branch.${branch}.remote`);
  const merge = read(`branch.${branch}.merge`);
  if (typeof remote !== "string" || typeof merge !== "string") return undefined;
  return { remote, branch: merge.replace(/^refs\/heads\//, "") };
}

/** Makes a branch follow another one; `null` makes it follow none. */
export async function setUpstream(
  context: Context,
  branch: string,
  upstream: { readonly remote: string; readonly branch: string } | null,
): Promise<void> {
  const before = await upstreamOf(context, branch);
  if (upstream && before?.remote === upstream.remote && before.branch === upstream.branch) return;
  await new Config(context).update(`branch --set-upstream ${branch}`, all => {
    if (upstream) {
      setKey(all, `branch.${branch}.remote`, upstream.remote);
      setKey(all, `branch.${branch}.merge`, branchRef(upstream.branch));
    } else {
      delete all[`branch.${branch}.remote`];
      delete all[`branch.${branch}.merge`];
    }
  });
}

/** Where a branch stands against the one that it follows; `undefined` when it follows none. */
export async function upstreamState(context: Context, branch: string): Promise<Upstream | undefined> {
  const upstream = await upstreamOf(context, branch);
  if (!upstream) return undefined;
  const ours = (await context.logs.read(branchRef(branch)))?.value ?? null;
  const theirs = (await context.logs.read(trackingRef(upstream.remote, upstream.branch)))?.value ?? null;
  if (ours === null || theirs === null) return upstream;
  try {
    return { ...upstream, ...(await aheadBehind(context.store, parseCid(ours).digest, parseCid(theirs).digest)) };
  } catch (error) {
    // A status is told even where history is damaged.
    if (isSheafError(error, "missing-block") || isSheafError(error, "corrupt-block")) return upstream;
    throw error;
  }
}
