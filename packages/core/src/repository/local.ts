/**
 * The repository as its users see it, without what concerns other repositories: one object over a drive, behind which every room of the engine stands.
 *
 * Holds no state of its own but caches; any number of processes may work on one drive at once. What moves a ref goes through `write.ts`.
 */
import { parseCid, type Cid } from "../block/cid.js";
import { viewBlock } from "../block/ipld.js";
import type { Operation } from "../edit/patch.js";
import type { Signature } from "../history/commit.js";
import type { ValueObject } from "../item/value.js";
import { Config } from "./config.js";
import { commitCid, type Context } from "./context.js";
import type * as given from "./contract.js";
import { Dataset } from "./dataset.js";
import { editRepository } from "./edit.js";
import { editEach, type EditOutcome, type EditRequest } from "./edit-group.js";
import { currentBranch, headOf } from "./heads.js";
import * as merging from "./merging.js";
import * as names from "./names.js";
import * as reading from "./reading.js";
import { commitAt, revisionCid } from "./revisions.js";
import * as undoing from "./undo.js";
import * as upkeep from "./upkeep.js";
import { Versions } from "./versions.js";
import * as waiting from "./waiting-merge.js";

export abstract class LocalRepository {
  readonly config: Config;
  /** The versions of datasets, as vendors count them. */
  readonly versions: Versions;

  protected constructor(
    /** What the rooms behind this object work with. */
    readonly context: Context,
  ) {
    this.config = new Config(context);
    this.versions = new Versions(context);
  }

  /** The current branch, and its commit unless it is not born yet. */
  async head(): Promise<{ branch?: string; commit?: Cid }> {
    const branch = await currentBranch(this.context);
    const { tip } = await headOf(this.context, branch);
    return tip ? { branch, commit: commitCid(tip) } : { branch };
  }

  /** The commit that a revision names. Throws no-such-ref, or bad-input for what is no revision. */
  resolve(revision: given.Rev): Promise<Cid> {
    return revisionCid(this.context, revision);
  }

  /** The branches, in the order of their names. */
  branches(): Promise<given.BranchInfo[]> {
    return names.listBranches(this.context);
  }

  /** Makes a branch. Throws already-exists. */
  branch(name: string, options: { at?: given.Rev } = {}): Promise<Cid> {
    return names.makeBranch(this.context, name, options.at ?? "HEAD");
  }

  /** Makes a branch the current one. */
  switch(name: string, options: { create?: boolean; at?: given.Rev } = {}): Promise<{ branch: string; commit?: Cid }> {
    return names.switchTo(this.context, name, options);
  }

  /** Removes a branch. Throws refused when it is the current one or holds commits of its own, unless `force`. */
  deleteBranch(name: string, options: { force?: boolean } = {}): Promise<void> {
    return names.removeBranch(this.context, name, options.force === true);
  }

  renameBranch(from: string, to: string): Promise<void> {
    return names.renameBranch(this.context, from, to);
  }

  /** The drafts: branches outside the branches for work in progress. As a branch or revision one is called `refs/drafts/<name>`. */
  drafts(): Promise<{ name: string; commit: Cid }[]> {
    return names.listDrafts(this.context);
  }

  /** Makes a draft. Throws already-exists. */
  draft(name: string, options: { at?: given.Rev } = {}): Promise<Cid> {
    return names.makeDraft(this.context, name, options.at ?? "HEAD");
  }

  deleteDraft(name: string): Promise<void> {
    return names.removeDraft(this.context, name);
  }

  /** The tags, in the order of their names. */
  tags(): Promise<given.TagInfo[]> {
    return names.listTags(this.context);
  }

  /** Makes a tag, annotated when there is a message. Throws already-exists. */
  tag(
    name: string,
    { at = "HEAD", message, tagger }: { at?: given.Rev; message?: string; tagger?: Partial<Signature> } = {},
  ): Promise<Cid> {
    return names.makeTag(this.context, name, at, message, tagger);
  }

  deleteTag(name: string): Promise<void> {
    return names.removeTag(this.context, name);
  }

  /** The environments of a dataset, in the order of their names. */
  async environments(dataset: string): Promise<{ name: string; commit: Cid }[]> {
    const { id } = await this.dataset(dataset).info();
    const all: { name: string; commit: Cid }[] = [];
    for await (const { name, value } of names.refsBelow(this.context, names.environmentPrefix(id)))
      all.push({ name, commit: value as Cid });
    return all;
  }

  /** Makes an environment of a dataset name a commit; `null` removes it. */
  async setEnvironment(dataset: string, name: string, revision: given.Rev | null): Promise<void> {
    const { id } = await this.dataset(dataset).info();
    await names.setEnvironment(this.context, id, name, revision);
  }

  /** What a ref was before, newest first. Default: the current branch. */
  reflog(ref?: string): AsyncIterable<given.ReflogEntry> {
    return undoing.reflog(this.context, ref);
  }

  /** How many moves a ref has behind it: a cheap way to see that it moved. 0 where there never was such a ref. */
  lastMove(ref: string): Promise<number> {
    return undoing.lastSerial(this.context, ref);
  }

  /** Takes back the last command that moved a ref, or gives up the one that stopped at conflicts; called again, the one before it. Throws refused when there is none. */
  undo(): Promise<undoing.Undone> {
    return undoing.undo(this.context);
  }

  /** A dataset by its path, whether it is there or not. */
  dataset(path: string): Dataset {
    return new Dataset(this.context, path);
  }

  /** The datasets of a revision, in the order of their paths. */
  datasets(options: { at?: given.Rev } = {}): AsyncIterable<given.DatasetInfo> {
    return reading.listDatasets(this.context, options.at);
  }

  /** Makes one commit of these changes, all or nothing. */
  edit(changes: readonly given.Change[], options: given.CommitOptions = {}): Promise<given.Committed> {
    return editRepository(this.context, "edit", changes, options);
  }

  /** Makes the commits of many requests in one write, one commit a person; a request that fails is answered alone. Never throws for one of them. */
  editEach(requests: readonly EditRequest[], branch?: string): Promise<EditOutcome[]> {
    return editEach(this.context, requests, branch);
  }

  createDataset(path: string, meta?: ValueObject, options: given.CommitOptions = {}): Promise<given.Committed> {
    return editRepository(this.context, `create ${path}`, [{ dataset: path, create: meta ? { meta } : {} }], options);
  }

  renameDataset(from: string, to: string, options: given.CommitOptions = {}): Promise<given.Committed> {
    return editRepository(this.context, `rename ${from}`, [{ dataset: from, rename: to }], options);
  }

  removeDataset(path: string, options: given.CommitOptions = {}): Promise<given.Committed> {
    return editRepository(this.context, `remove ${path}`, [{ dataset: path, remove: true }], options);
  }

  /** Puts a dataset back to what it was at a revision, as a new commit. */
  restore(dataset: string, from: given.Rev, options: given.CommitOptions = {}): Promise<given.Committed> {
    return merging.restore(this.context, dataset, from, options);
  }

  /** The current branch, its commit and datasets, and the merge under way, if any. */
  status(): Promise<given.Status> {
    return reading.status(this.context);
  }

  /** Commits, newest first; with `dataset`, and `id`, only those in which it changed. */
  log(options: reading.LogOptions = {}): AsyncIterable<given.CommitInfo> {
    return reading.readLog(this.context, options);
  }

  /** One commit. */
  async show(revision: given.Rev): Promise<given.CommitInfo> {
    return reading.infoOf(await commitAt(this.context, revision));
  }

  /** What differs from one revision to another. */
  diff(from: given.Rev, to: given.Rev, options: given.DiffOptions = {}): AsyncIterable<given.Difference> {
    return reading.diff(this.context, from, to, options);
  }

  /** How many rows differ from one revision to another, per dataset. */
  diffStat(from: given.Rev, to: given.Rev, options: given.DiffOptions = {}): Promise<given.DiffStat> {
    return reading.diffStat(this.context, from, to, options);
  }

  /** The JSON Patch that turns a dataset at one revision into what it is at another. */
  diffPatch(from: given.Rev, to: given.Rev, dataset: string): AsyncIterable<Operation> {
    return reading.diffPatch(this.context, from, to, dataset);
  }

  /** Merges a revision into a branch. Conflicts are kept with the branch until `finishMerge` or `abortMerge`. */
  merge(from: given.Rev, options: given.MergeOptions = {}): Promise<given.MergeResult> {
    return merging.merge(this.context, from, options);
  }

  /** The merge that waits on a branch (default: the current one) for its conflicts to be resolved. */
  mergeState(branch?: string): Promise<given.MergeState | undefined> {
    return waiting.mergeState(this.context, branch);
  }

  /** Resolves the conflicts for which `choose` gives a choice; gives what is left. */
  resolveConflicts(
    choose: (conflict: given.Conflict) => given.Choice | undefined,
    options: { branch?: string } = {},
  ): Promise<given.MergeState> {
    return waiting.resolveConflicts(this.context, choose, options.branch);
  }

  /** Makes the commit of a merge whose conflicts are all resolved. Throws refused otherwise. */
  finishMerge(options: given.CommitOptions = {}): Promise<given.Committed> {
    return waiting.finishMerge(this.context, options);
  }

  abortMerge(branch?: string): Promise<void> {
    return waiting.abortMerge(this.context, branch);
  }

  /** Takes back what a commit changed, as a new commit. */
  revert(revision: given.Rev, options: given.MergeOptions = {}): Promise<given.MergeResult> {
    return merging.revert(this.context, revision, options);
  }

  /** Does again what a commit changed, as a new commit. */
  cherryPick(revision: given.Rev, options: given.MergeOptions = {}): Promise<given.MergeResult> {
    return merging.cherryPick(this.context, revision, options);
  }

  /** Reads everything and says what is wrong, and what was read. */
  verify(watch: given.Watch = {}): ReturnType<typeof upkeep.verify> {
    return upkeep.verify(this.context, watch);
  }

  /** Removes what no ref reaches any more, in two steps, a grace apart. */
  gc(options: upkeep.GcOptions = {}): ReturnType<typeof upkeep.gc> {
    return upkeep.gc(this.context, options);
  }

  /** Merges small packs and compresses them; everything else goes on meanwhile. */
  repack(options: upkeep.RepackOptions = {}): ReturnType<typeof upkeep.repack> {
    return upkeep.repack(this.context, options);
  }

  /**
   * Ends the merging of packs that follows commits: waits for a short merge, and breaks off a long one.
   *
   * For programs that are about to end; nothing is lost without it, and the repository can be used on.
   */
  close(): Promise<void> {
    return this.context.keeper.leave();
  }

  /** The bytes of any block by its CID, proven. Throws missing-block. */
  async block(cid: string): Promise<Uint8Array> {
    return this.context.store.load(parseCid(cid).digest);
  }

  /** Any block by its CID as IPLD tools see it: plain values, with their `CID` objects for links. Throws missing-block. */
  async viewBlock(cid: string): Promise<unknown> {
    return viewBlock(await this.block(cid), parseCid(cid).codec);
  }
}
