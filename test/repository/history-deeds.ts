/** Commands that move names, merge histories, and tend the storage. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Conflict } from "@sheaf/core";
import type { Deed, Dice } from "./commands.js";
import { importRows, insert, move, patch, shapeDatasets, touch } from "./content-deeds.js";
import { NaiveMerge, type Chooser, type PlainSnapshot } from "./plain.js";
import { accept, compare, type Model, type World } from "./world.js";

const branchNames = ["main", "fix", "dev/one", "é"];

function anyCommit(model: Model, dice: Dice): string | undefined {
  return dice.pick([...model.ancestors(model.tip), ...model.refs.branches.values(), ...model.refs.tags.values()]);
}

export const makeBranch: Deed = async (model, { repo }, dice) => {
  const name = dice.pick(branchNames) as string;
  const at = anyCommit(model, dice);
  if (at === undefined) return;
  if (model.refs.branches.has(name))
    await expect(repo.branch(name, { at })).rejects.toMatchObject({ code: "already-exists" });
  else {
    expect(await repo.branch(name, { at })).toBe(at);
    model.move(({ branches }) => branches.set(name, at));
  }
};

export const switchBranch: Deed = async (model, { repo }, dice) => {
  const name = dice.pick(branchNames) as string;
  const commit = model.refs.branches.get(name);
  if (commit === undefined) return expect(repo.switch(name)).rejects.toMatchObject({ code: "no-such-ref" });
  expect(await repo.switch(name)).toEqual({ branch: name, commit });
  if (name !== model.refs.head) model.move(refs => (refs.head = name));
};

export const shapeBranches: Deed = async (model, { repo }, dice) => {
  const name = dice.pick([...model.refs.branches.keys()]);
  if (name === undefined) return;
  const to = dice.pick([...branchNames, "late"]) as string;
  if (dice.chance(2)) {
    if (model.refs.branches.has(to))
      return expect(repo.renameBranch(name, to)).rejects.toMatchObject({ code: "already-exists" });
    await repo.renameBranch(name, to);
    model.move(refs => {
      refs.branches.set(to, refs.branches.get(name) as string).delete(name);
      if (refs.head === name) refs.head = to;
    });
  } else if (name === model.refs.head) await expect(repo.deleteBranch(name)).rejects.toMatchObject({ code: "refused" });
  else {
    if (!model.ancestors(model.tip).has(model.refs.branches.get(name) as string))
      await expect(repo.deleteBranch(name)).rejects.toMatchObject({ code: "refused" });
    await repo.deleteBranch(name, { force: true });
    model.move(({ branches }) => branches.delete(name));
  }
};

export const tag: Deed = async (model, { repo }, dice) => {
  const name = `v${dice.roll(3)}`;
  const at = anyCommit(model, dice);
  if (at === undefined) return;
  if (!model.refs.tags.has(name)) {
    expect(await repo.tag(name, { at, ...(dice.chance(2) ? { message: "notes\n" } : {}) })).toBe(at);
    model.move(({ tags }) => tags.set(name, at));
    expect(await repo.resolve(name)).toBe(at);
  } else if (dice.chance(2)) await expect(repo.tag(name, { at })).rejects.toMatchObject({ code: "already-exists" });
  else {
    await repo.deleteTag(name);
    model.move(({ tags }) => tags.delete(name));
  }
};

export const environment: Deed = async (model, { repo }, dice) => {
  const found = dice.pick([...model.snapshot]);
  const at = anyCommit(model, dice);
  if (!found || at === undefined) return;
  const [path, { id }] = found;
  const name = dice.pick(["production", "staging"]) as string;
  const key = `${id} ${name}`;
  const before = model.refs.environments.get(key);
  if (dice.chance(3)) {
    if (before === undefined)
      return expect(repo.setEnvironment(path, name, null)).rejects.toMatchObject({ code: "no-such-ref" });
    await repo.setEnvironment(path, name, null);
    model.move(({ environments }) => environments.delete(key));
  } else {
    await repo.setEnvironment(path, name, at);
    if (before !== at) model.move(({ environments }) => environments.set(key, at));
  }
};

export const configure: Deed = async (model, { repo }, dice) => {
  const key = dice.pick(["user.name", "a.B", "a.b_c"]) as string;
  if (dice.chance(3)) expect(await repo.config.unset(key)).toBe(model.config.delete(key));
  else {
    const value = dice.pick(["x", 1, null, true]) as string;
    await repo.config.set(key, value);
    model.config.set(key, value);
  }
};

/** A choice for each place, the same whenever it is asked for. */
function chooser(salt: number): Chooser {
  return place => {
    let hash = salt;
    for (const letter of place) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
    return hash % 2 === 0 ? "ours" : "theirs";
  };
}

/** What is chosen for a conflict. About whole datasets and their names it is always ours, so that no two come to one name. */
function decide(choose: Chooser, conflict: Conflict): "ours" | "theirs" | undefined {
  const isWhole = conflict.id === undefined && (conflict.pointer === "" || conflict.pointer === "/path");
  return isWhole ? "ours" : choose(placeOf(conflict));
}

const placeOf = ({ dataset, id, pointer }: Conflict) => `${dataset}|${id ?? ""}|${pointer}`;

interface Sides {
  readonly base: PlainSnapshot | undefined;
  readonly theirs: PlainSnapshot;
  readonly parents: readonly string[];
  /** Set where the model does not know what the base is. */
  readonly isBeyond?: boolean;
}

type MergeAct = (resolve?: (conflict: Conflict) => "ours" | "theirs" | undefined) => ReturnType<World["repo"]["merge"]>;

/** Runs a merge on both sides: resolved on the way, or later, or given up. */
async function mergeBoth(model: Model, world: World, dice: Dice, sides: Sides, act: MergeAct): Promise<void> {
  const choose = chooser(dice.roll(100));
  const isAtOnce = dice.chance(2);
  const naive = new NaiveMerge(choose);
  const wanted = naive.snapshots(sides.base, model.snapshot, sides.theirs);
  const isBeyond = naive.isBeyond || sides.isBeyond === true;
  const result = await act(isAtOnce ? conflict => decide(choose, conflict) : undefined);
  if ("commit" in result) return conclude(model, world, sides, isBeyond ? undefined : wanted, result);
  if (!isBeyond) expect(result.conflicts.map(placeOf).sort()).toEqual(naive.conflicts.sort());
  expect(isAtOnce).toBe(false);
  await expect(act()).rejects.toMatchObject({ code: "refused" });
  if (dice.chance(2)) await tend(model, world, dice);
  const { repo } = world;
  if (dice.chance(3)) return repo.abortMerge();
  const state = await repo.resolveConflicts(conflict => decide(choose, conflict));
  expect(state.conflicts.every(({ resolved }) => resolved)).toBe(true);
  await conclude(model, world, sides, isBeyond ? undefined : wanted, await repo.finishMerge());
}

async function conclude(
  model: Model,
  world: World,
  { parents }: Sides,
  wanted: PlainSnapshot | undefined,
  { commit, advanced }: { commit: string; advanced: boolean },
): Promise<void> {
  const read = await world.read(commit);
  if (wanted) compare(wanted, read);
  const isSame = parents.length === 1 && isDeepStrictEqual(read, model.snapshot);
  expect(advanced).toBe(!isSame);
  expect(await world.repo.mergeState()).toBeUndefined();
  if (advanced) accept(model, commit, parents, read);
}

export const merge: Deed = (model, world, dice) =>
  mergeFrom(model, world, dice, dice.pick([...model.refs.branches.values()]));

/** Makes a branch, edits here and there, and merges. */
export const diverge: Deed = async (model, world, dice) => {
  const { repo } = world;
  const [name, here, tip] = ["side", model.refs.head, model.tip];
  if (tip === undefined || here === name) return;
  if (model.refs.branches.has(name)) {
    await repo.deleteBranch(name, { force: true });
    model.move(({ branches }) => branches.delete(name));
  }
  await repo.branch(name, { at: tip });
  model.move(({ branches }) => branches.set(name, tip));
  const edits = [touch, touch, patch, importRows, move, insert, shapeDatasets];
  for (let i = 0; i < 3; i++) await (dice.pick(edits) as Deed)(model, world, dice);
  await repo.switch(name);
  model.move(refs => (refs.head = name));
  for (let i = 0; i < 3; i++) await (dice.pick(edits) as Deed)(model, world, dice);
  await mergeFrom(model, world, dice, model.refs.branches.get(here));
};

async function mergeFrom(model: Model, world: World, dice: Dice, theirs: string | undefined): Promise<void> {
  const { repo } = world;
  const { tip } = model;
  if (tip === undefined || theirs === undefined) return;
  if (model.ancestors(tip).has(theirs))
    return expect(await repo.merge(theirs)).toEqual({ commit: tip, advanced: false, fastForward: false });
  const canForward = model.ancestors(theirs).has(tip);
  const noFastForward = canForward && dice.chance(2);
  if (canForward && !noFastForward) {
    expect(await repo.merge(theirs)).toEqual({ commit: theirs, advanced: true, fastForward: true });
    return model.move(({ branches, head }) => branches.set(head, theirs));
  }
  const bases = model.mergeBases(tip, theirs);
  const sides = {
    base: bases[0] === undefined ? undefined : model.at(bases[0]),
    theirs: model.at(theirs),
    parents: [tip, theirs],
    isBeyond: bases.length > 1,
  };
  await mergeBoth(model, world, dice, sides, resolve =>
    repo.merge(theirs, { noFastForward, ...(resolve ? { resolve } : {}) }),
  );
}

/** Reverts a commit, or picks one. */
export const pick: Deed = async (model, world, dice) => {
  const { repo } = world;
  const [tip, commit] = [model.tip, anyCommit(model, dice)];
  if (tip === undefined || commit === undefined) return;
  const [was, is] = [model.at(model.commits.get(commit)?.parents[0]), model.at(commit)];
  if (dice.chance(2))
    await mergeBoth(model, world, dice, { base: is, theirs: was, parents: [tip] }, resolve =>
      repo.revert(commit, resolve ? { resolve } : {}),
    );
  else
    await mergeBoth(model, world, dice, { base: was, theirs: is, parents: [tip] }, resolve =>
      repo.cherryPick(commit, resolve ? { resolve } : {}),
    );
};

export const restore: Deed = async (model, world, dice) => {
  const [tip, commit, path] = [model.tip, anyCommit(model, dice), dice.pick(["qa", "safety/a", "z"]) as string];
  if (tip === undefined || commit === undefined) return;
  const now = model.snapshot.get(path);
  const old = [...model.at(commit)].find(([, { id }]) => id === now?.id)?.[1] ?? model.at(commit).get(path);
  if (!old) return expect(world.repo.restore(path, commit)).rejects.toMatchObject({ code: "no-such-dataset" });
  const isHere = [...model.snapshot].some(([other, { id }]) => other !== path && id === old.id);
  if (isHere) return;
  const { commit: made, advanced } = await world.repo.restore(path, commit);
  const read = await world.read(made);
  compare(new Map(model.snapshot).set(path, old), read);
  expect(advanced).toBe(!isDeepStrictEqual(now, old));
  if (advanced) accept(model, made, [tip], read);
};

export const undo: Deed = async (model, { repo }) => {
  if (model.undo()) await repo.undo();
  else if (!model.hasForgotten) await expect(repo.undo()).rejects.toMatchObject({ code: "refused" });
};

/** Opens the repository anew, collects garbage, repacks or verifies. */
export const tend: Deed = async (model, world, dice) => {
  const kind = dice.roll(5);
  if (kind === 0) await world.open();
  if (kind === 1 && dice.chance(2)) await world.repo.gc({ graceMs: 0 });
  else if (kind === 1) {
    await world.repo.gc({ graceMs: 0, keepMs: 0 });
    model.forget();
  }
  if (kind === 2) await world.repo.repack();
  if (kind === 3) await world.repo.repack({ all: true });
  const findings: string[] = [];
  for await (const { message } of world.repo.verify()) findings.push(message);
  expect(findings).toEqual([]);
};

/** The difference of two commits, as a patch, turns the one into the other, CID for CID (law 2). */
export const diffAndApply: Deed = async (model, { repo }, dice) => {
  const [from, to] = [anyCommit(model, dice), anyCommit(model, dice)];
  if (from === undefined || to === undefined) return;
  for (const [path, { id }] of model.at(from)) {
    if (model.at(to).get(path)?.id !== id || repo.context === undefined) continue;
    const operations = [];
    for await (const operation of repo.diffPatch(from, to, path)) operations.push(operation);
    const at = await repo.branch("scratch", { at: from });
    expect(at).toBe(from);
    await repo.edit([{ dataset: path, patch: operations }], { branch: "scratch" });
    const [wanted, made] = [
      await repo.dataset(path).info({ at: to }),
      await repo.dataset(path).info({ at: "scratch" }),
    ];
    expect(made).toEqual(wanted);
    await repo.deleteBranch("scratch", { force: true });
    await repo.undo();
    await repo.undo();
    if (operations.length > 0) await repo.undo();
    expect(await repo.branches()).not.toContainEqual(expect.objectContaining({ name: "scratch" }));
  }
};
