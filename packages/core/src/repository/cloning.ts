/**
 * Clone: a repository that holds what another one holds, and knows where it came from.
 *
 * The entry that makes a drive a repository is written last. A clone that broke off is none, and what it fetched serves the next attempt.
 */
import { SheafError } from "../errors.js";
import type { Remote, RemoteRefs } from "../sync/remote.js";
import type { Watch } from "../watch.js";
import { openUrl } from "./connection.js";
import type { Context } from "./context.js";
import { fetchFrom, nothingThere } from "./fetching.js";
import { branchRef, headLog, writeLog } from "./heads.js";
import { findPart, notePart } from "./part.js";
import type { CloneOptions, FetchResult } from "./remote-contract.js";
import { addRemote, removeRemote, remoteUrl, trackingRef } from "./remotes.js";
import { setUpstream } from "./upstream.js";

/** Fills a repository that is not one yet; the caller writes the last entry. */
export async function cloneInto(context: Context, url: string, options: CloneOptions): Promise<FetchResult> {
  const name = options.origin ?? "origin";
  if ((await remoteUrl(context, name)) !== undefined) await removeRemote(context, name);
  const remote = await openUrl(context, url);
  try {
    const theirs = await remote.refs(options);
    if (theirs.isAbsent) throw nothingThere(remote.url);
    const branch = branchOf(theirs, options.branch, remote.url);
    await addRemote(context, name, url);
    if (options.datasets) await choosePart(context, remote, theirs, options.datasets, options);
    const fetched = await fetchFrom(
      context,
      { name, remote },
      {
        signal: options.signal,
        progress: options.progress,
        ...(options.singleBranch && branch !== undefined ? { refs: [branchRef(branch)] } : {}),
        ...(options.tags === undefined ? {} : { tags: options.tags }),
      },
    );
    await settleOn(context, name, branch ?? "main");
    return fetched;
  } finally {
    await remote.close();
  }
}

/** The branch to be on: the wanted one, the one that is current there, or else the only or first one. */
function branchOf({ head, refs }: RemoteRefs, wanted: string | undefined, url: string): string | undefined {
  const names = refs.flatMap(({ name }) => (name.startsWith("refs/heads/") ? name.slice("refs/heads/".length) : []));
  if (wanted !== undefined && !names.includes(wanted))
    throw new SheafError(
      "no-such-ref",
      { ref: wanted },
      `there is no branch ${JSON.stringify(wanted)} at ${url}; it has ${names.join(", ") || "none yet"}`,
    );
  const current = head?.slice("refs/heads/".length);
  if (wanted !== undefined) return wanted;
  if (current !== undefined && (names.includes(current) || names.length === 0)) return current;
  return names.includes("main") ? "main" : names[0];
}

/** Finds the datasets by what the branches name, fetched without rows, and notes that theirs are the rows to have. */
async function choosePart(
  context: Context,
  remote: Remote,
  { refs }: RemoteRefs,
  paths: readonly string[],
  { signal, progress }: Watch,
): Promise<void> {
  const branches = refs.filter(({ name }) => name.startsWith("refs/heads/"));
  const { refs: fetched } = await remote.fetch(branches, { signal, progress, holds: () => false });
  const commits = fetched.flatMap(({ cid }) => cid ?? []);
  await notePart(context, await findPart(context, commits, paths, remote.url), "clone");
}

/** Makes the branch, and HEAD name it. */
async function settleOn(context: Context, remote: string, branch: string): Promise<void> {
  const command = `clone ${remote}`;
  const value = (await context.logs.read(trackingRef(remote, branch)))?.value ?? null;
  if (value !== null) {
    await put(context, branchRef(branch), value, command);
    await setUpstream(context, branch, { remote, branch });
  }
  await put(context, headLog, branchRef(branch), command);
}

async function put(context: Context, log: string, value: string, command: string): Promise<void> {
  const entry = await context.logs.read(log);
  if (entry?.value !== value) await writeLog(context, log, entry, value, command);
}
