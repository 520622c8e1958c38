/** Pull: fetch, then merge what the other side's branch has, or put this branch's own commits on top of it. */
import type { Cid } from "../block/cid.js";
import { SheafError } from "../errors.js";
import { connected } from "./connection.js";
import type { Context } from "./context.js";
import { currentBranch } from "./heads.js";
import { fetchFrom } from "./fetching.js";
import { merge } from "./merging.js";
import { rebase } from "./rebasing.js";
import { shortRef } from "./refspec.js";
import type { FetchResult, PullOptions, PullResult } from "./remote-contract.js";
import { upstreamOf } from "./upstream.js";
import { refuseSecond } from "./waiting-merge.js";

/** Takes in what another repository has, on the current branch. */
export async function pull(context: Context, options: PullOptions): Promise<PullResult> {
  const { remote: wanted, branch: source, rebase: isRebase, prune, tags, ...merging } = options;
  const branch = await currentBranch(context);
  // Before the work of fetching, not after it.
  await refuseSecond(context, branch);
  const upstream = await upstreamOf(context, branch);
  const remote = wanted ?? upstream?.remote ?? "origin";
  const theirs = source ?? (upstream?.remote === remote ? upstream.branch : undefined);
  if (theirs === undefined) throw noUpstream(branch, remote);
  const { signal, progress } = options;
  const fetched = await connected(context, remote, connection =>
    fetchFrom(context, connection, {
      signal,
      progress,
      ...(source === undefined ? {} : { refs: [source] }),
      ...(prune === undefined ? {} : { prune }),
      ...(tags === undefined ? {} : { tags }),
    }),
  );
  const from = { name: `${fetched.remote}/${shortRef(theirs)}`, commit: commitOf(fetched, theirs, branch) };
  const about = { title: from.name, command: `pull${isRebase ? " --rebase" : ""} ${remote} ${shortRef(theirs)}` };
  const result = isRebase
    ? await rebase(context, from.commit, { ...merging, branch }, about)
    : await merge(context, from.commit, { ...merging, into: branch }, about);
  return { fetched, from, result };
}

function commitOf({ refs, remote }: FetchResult, theirs: string, branch: string): Cid {
  const found = refs.find(
    ({ remote: ref }) => ref === theirs || ref === `refs/heads/${theirs}` || ref === `refs/tags/${theirs}`,
  );
  if (found?.after && found.outcome !== "deleted") return found.after;
  throw new SheafError(
    "no-such-ref",
    { ref: theirs },
    `${branch} follows ${theirs} of ${remote}, and there is no such branch there${found?.message === undefined ? "" : `: ${found.message}`}`,
  );
}

function noUpstream(branch: string, remote: string): SheafError<"refused"> {
  return new SheafError(
    "refused",
    {},
    `${branch} follows no branch of ${remote}: say which one, as in sheaf pull ${remote} ${branch}, or push it with --set-upstream once`,
  );
}
