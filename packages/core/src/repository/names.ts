/** Branches, tags and environments: made, listed, moved and removed. */
import { parseCid, printCid, type Cid } from "../block/cid.js";
import { SheafError } from "../errors.js";
import { isAncestor } from "../history/ancestry.js";
import { blockType, decodeTag, encodeTag, type Signature } from "../history/commit.js";
import { decode } from "../item/cbor.js";
import type { BranchInfo, Rev, TagInfo } from "./contract.js";
import { sign, type Context } from "./context.js";
import { branchRef, currentBranch, draftPrefix, headLog, headOf, writeLog } from "./heads.js";
import { resolveRevision } from "./revisions.js";
import { inTransaction } from "./write.js";

const tagPrefix = "refs/tags/";

/** The live refs below a prefix, with what they hold, in byte order. */
export async function* refsBelow(context: Context, prefix: string): AsyncIterable<{ name: string; value: string }> {
  for await (const ref of context.logs.list(prefix)) {
    const value = (await context.logs.read(ref))?.value;
    if (value !== undefined && value !== null) yield { name: ref.slice(prefix.length), value };
  }
}

/** The branches, in the order of their names. */
export async function listBranches(context: Context): Promise<BranchInfo[]> {
  const current = (await context.logs.read(headLog))?.value;
  const branches: BranchInfo[] = [];
  for await (const { name, value } of refsBelow(context, branchRef("")))
    branches.push({ name, commit: value as Cid, current: current === branchRef(name) });
  return branches;
}

/** Makes a branch at a revision. Throws already-exists, or bad-input for what no branch can be called. */
export async function makeBranch(context: Context, name: string, at: Rev, command = `branch ${name}`): Promise<Cid> {
  const commit = printCid(await resolveRevision(context, at));
  await makeRef(context, branchRef(name), commit, command);
  return commit;
}

/** Removes a branch. Throws refused for the current one, and for one with commits that the current one does not have, unless forced. */
export async function removeBranch(context: Context, name: string, force: boolean): Promise<void> {
  const { entry, tip } = await headOf(context, name);
  if (!tip) throw noRef("branch", name);
  const isCurrent = (await context.logs.read(headLog))?.value === branchRef(name);
  if (isCurrent) throw new SheafError("refused", {}, `${name} is the current branch; switch to another one first`);
  const { tip: ours } = await headOf(context, await currentBranch(context));
  const isMerged = ours && (await isAncestor(context.store, tip.digest, ours.digest));
  if (!force && !isMerged)
    throw new SheafError(
      "refused",
      {},
      `${name} has commits that are not in the current branch; merge it, or remove it with --force`,
    );
  await mustMove(context, branchRef(name), entry, null, `branch --delete ${name}`);
}

/** Gives a branch another name; HEAD follows. */
export async function renameBranch(context: Context, from: string, to: string): Promise<void> {
  const { entry, tip } = await headOf(context, from);
  if (!tip) throw noRef("branch", from);
  const command = `branch --move ${from} ${to}`;
  await makeRef(context, branchRef(to), printCid(tip.digest), command);
  // HEAD first, so that at no moment it names a branch that is gone.
  const head = await context.logs.read(headLog);
  if (head?.value === branchRef(from)) await mustMove(context, headLog, head, branchRef(to), command);
  await mustMove(context, branchRef(from), entry, null, command);
}

/** Makes HEAD name a branch, which need not be born yet if `create`. */
export async function switchTo(
  context: Context,
  branch: string,
  options: { create?: boolean; at?: Rev },
): Promise<{ branch: string; commit?: Cid }> {
  const { tip } = await headOf(context, branch);
  const command = `switch ${options.create ? "--create " : ""}${branch}`;
  if (options.create) await bear(context, branch, options.at, command);
  else if (!tip) throw noRef("branch", branch);
  const head = await context.logs.read(headLog);
  if (head?.value !== branchRef(branch)) await mustMove(context, headLog, head, branchRef(branch), command);
  const now = (await headOf(context, branch)).tip;
  return now ? { branch, commit: printCid(now.digest) } : { branch };
}

/** Makes a branch for switching to: where there is no commit yet, there is none on the new branch either. */
async function bear(context: Context, branch: string, at: Rev | undefined, command: string): Promise<void> {
  const ours = at === undefined ? (await headOf(context, await currentBranch(context))).tip : undefined;
  if (at !== undefined || ours) await makeBranch(context, branch, at ?? "HEAD", command);
  else context.logs.check(branchRef(branch));
}

/** The drafts, in the order of their names. */
export async function listDrafts(context: Context): Promise<{ name: string; commit: Cid }[]> {
  const drafts: { name: string; commit: Cid }[] = [];
  for await (const { name, value } of refsBelow(context, draftPrefix)) drafts.push({ name, commit: value as Cid });
  return drafts;
}

/** Makes a draft of a revision. Throws already-exists. */
export async function makeDraft(context: Context, name: string, at: Rev): Promise<Cid> {
  const commit = printCid(await resolveRevision(context, at));
  await makeRef(context, draftPrefix + name, commit, `draft ${name}`);
  return commit;
}

/** Drops a draft, whatever it holds. */
export async function removeDraft(context: Context, name: string): Promise<void> {
  const entry = await context.logs.read(draftPrefix + name);
  if (!entry || entry.value === null) throw noRef("draft", name);
  await mustMove(context, draftPrefix + name, entry, null, `draft --delete ${name}`);
}

/** The tags, in the order of their names. */
export async function listTags(context: Context): Promise<TagInfo[]> {
  const tags: TagInfo[] = [];
  for await (const { name, value } of refsBelow(context, tagPrefix)) {
    const { digest } = parseCid(value);
    const bytes = await context.store.load(digest);
    if (blockType(decode(bytes)) !== "tag") tags.push({ name, commit: value as Cid });
    else {
      const { target, message, tagger } = decodeTag(bytes);
      tags.push({ name, commit: printCid(target), message, tagger });
    }
  }
  return tags;
}

/** Makes a tag: annotated when there is a message. Throws already-exists. */
export async function makeTag(
  context: Context,
  name: string,
  at: Rev,
  message?: string,
  who?: Partial<Signature>,
): Promise<Cid> {
  const target = await resolveRevision(context, at);
  const value =
    message === undefined
      ? target
      : await inTransaction(
          context,
          async blocks =>
            blocks.put(encodeTag({ target, name, tagger: await sign(context, who), message, attributes: {} })),
          () => true,
        );
  await makeRef(context, tagPrefix + name, printCid(value), `tag ${name}`);
  return printCid(target);
}

/** Removes a tag. */
export async function removeTag(context: Context, name: string): Promise<void> {
  const entry = await context.logs.read(tagPrefix + name);
  if (!entry || entry.value === null) throw noRef("tag", name);
  await mustMove(context, tagPrefix + name, entry, null, `tag --delete ${name}`);
}

/** Makes an environment of a dataset name a commit, or removes it. */
export async function setEnvironment(
  context: Context,
  datasetId: string,
  name: string,
  revision: Rev | null,
): Promise<void> {
  const ref = environmentPrefix(datasetId) + name;
  const entry = await context.logs.read(ref);
  if (revision === null && (!entry || entry.value === null)) throw noRef("environment", name);
  const value = revision === null ? null : printCid(await resolveRevision(context, revision));
  if (entry?.value !== value) await mustMove(context, ref, entry, value, `env ${name}`);
}

/** Where the environments of a dataset are. */
export function environmentPrefix(datasetId: string): string {
  return `refs/environments/${datasetId}/`;
}

async function makeRef(context: Context, ref: string, value: string, command: string): Promise<void> {
  const entry = await context.logs.read(ref);
  const isFree = !entry || entry.value === null;
  if (isFree && (await writeLog(context, ref, entry, value, command))) return;
  const name = ref.replace(/^refs\/(heads|tags|drafts)\//, "");
  throw new SheafError(
    "already-exists",
    { kind: "ref", name },
    `${name} exists already; choose another name, or remove it first`,
  );
}

/** Moves a log, or says that somebody else did just now. */
export async function mustMove(
  context: Context,
  ref: string,
  from: Parameters<typeof writeLog>[2],
  value: string | null,
  command: string,
): Promise<void> {
  if (await writeLog(context, ref, from, value, command)) return;
  const head = (await context.logs.read(ref))?.value ?? "";
  throw new SheafError(
    "stale-base",
    { ref, base: from?.value ?? "", head },
    `${ref} was moved by somebody else just now, to ${head || "nothing"}; look, and try again`,
  );
}

function noRef(kind: string, name: string): SheafError<"no-such-ref"> {
  return new SheafError(
    "no-such-ref",
    { ref: name },
    `there is no ${kind} ${JSON.stringify(name)}; sheaf ${kind === "environment" ? "env" : kind} lists them`,
  );
}
