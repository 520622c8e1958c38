/** Revisions as people write them, looked up in this repository's refs. */
import { parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { log } from "../history/log.js";
import { resolveRevision as resolveIn, type Names } from "../history/revision.js";
import { readCommit, type Context, type Tip } from "./context.js";
import type { Rev } from "./contract.js";
import { headLog } from "./heads.js";

/** The digest of the commit that a revision names. Throws bad-input for what is no revision, no-such-ref for one that names nothing. */
export function resolveRevision(context: Context, revision: Rev): Promise<Digest> {
  return resolveIn(context.store, namesOf(context), revision);
}

/** The CID text of the commit that a revision names. */
export async function revisionCid(context: Context, revision: Rev): Promise<Cid> {
  return printCid(await resolveRevision(context, revision));
}

/** The commit that a revision names. */
export async function commitAt(context: Context, revision: Rev): Promise<Tip> {
  return readCommit(context.store, await resolveRevision(context, revision));
}

function namesOf(context: Context): Names {
  return {
    resolveRef: name => refDigest(context, name),
    findPrefix: prefix => commitsBeginning(context, prefix),
  };
}

/** What a ref points at: a commit, or an annotated tag. HEAD is followed to its branch. */
async function refDigest(context: Context, name: string): Promise<Digest | undefined> {
  const value = (await context.logs.read(name))?.value;
  if (value === undefined || value === null) return undefined;
  if (name === headLog && value.startsWith("refs/")) return refDigest(context, value);
  return parseCid(value).digest;
}

/** Commits in the history of any ref whose CID begins so; two are enough to know that it is ambiguous. */
async function commitsBeginning(context: Context, prefix: string): Promise<Digest[]> {
  const tips: Digest[] = [];
  for await (const ref of context.logs.list("refs/")) {
    const digest = await refDigest(context, ref);
    if (digest) tips.push(await resolveIn(context.store, { resolveRef: async () => digest }, "HEAD"));
  }
  const found: Digest[] = [];
  for await (const { digest } of log(context.store, tips)) {
    if (printCid(digest).startsWith(prefix)) found.push(digest);
    if (found.length === 2) break;
  }
  return found;
}
