/** Law 4 for whole commands: whatever operation of the drive fails, refs are at their old or their new value, and nothing that was acknowledged is lost. */
import { describe, expect, test } from "vitest";
import { Repository, type Drive } from "@sheaf/core";
import { faults, FaultyDrive, type Fault } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { all, author, open } from "../laws/rows.js";

/** A command, and where it leaves which branch. */
type Command = (repo: Repository) => Promise<unknown>;

const rows = (count: number, text: string) =>
  Array.from({ length: count }, (_, n) => ({ k: `q${n}`, text: `${text} ${n}` }));

const commands: Record<string, Command> = {
  "an import": repo => repo.dataset("qa").import(rows(60, "imported"), { key: "k" }),
  "a commit": repo => repo.dataset("qa").patch([{ op: "add", path: "/items/new", value: { text: "x" } }]),
  "a merge": repo => repo.merge("side"),
  "a merge with conflicts": repo => repo.merge("torn"),
  "a resolved merge": async repo => {
    await repo.merge("torn");
    await repo.resolveConflicts(() => "theirs");
    await repo.finishMerge();
  },
  "a branch that is renamed": repo => repo.renameBranch("main", "trunk"),
  "an undo": repo => repo.undo(),
  "a repack": repo => repo.repack({ all: true }),
  "a gc": repo => repo.gc({ graceMs: 0, keepMs: 0 }),
};

/** A repository with two branches to merge, one of them against main's will, and garbage. */
async function begun(): Promise<MemoryDrive> {
  const drive = new MemoryDrive();
  let [now, nonces] = [1_800_000_000_000, 0];
  const platform = {
    ...nodePlatform,
    now: () => (now += 1000),
    nonce: () => (++nonces).toString(16).padStart(32, "0"),
  };
  const repo = await Repository.open(drive, { platform, author, create: true });
  const qa = repo.dataset("qa");
  await qa.import(rows(30, "row"), { key: "k" });
  await repo.branch("side");
  await repo.branch("torn");
  await qa.patch([{ op: "add", path: "/items/q1/side", value: 1 }], { branch: "side" });
  await qa.patch([{ op: "replace", path: "/items/q2/text", value: "theirs" }], { branch: "torn" });
  await repo.repack();
  await qa.patch([{ op: "replace", path: "/items/q2/text", value: "ours" }]);
  await repo.branch("garbage");
  await qa.patch([{ op: "add", path: "/items/garbage", value: { text: "g".repeat(5000) } }], { branch: "garbage" });
  await repo.deleteBranch("garbage", { force: true });
  return drive;
}

async function copyOf(drive: Drive): Promise<MemoryDrive> {
  const copy = new MemoryDrive();
  for await (const name of drive.list("")) await copy.create(name, (await drive.read(name)) as Uint8Array);
  return copy;
}

/** What refs and content are, as text. */
async function stateOf(repo: Repository): Promise<{ refs: string; rows: string }> {
  const branches = (await repo.branches()).map(({ name, commit }) => `${name} ${commit}`).join();
  const { branch } = await repo.head();
  const merging = await repo.mergeState();
  const refs = JSON.stringify([branches, branch, merging && merging.conflicts.map(({ resolved }) => resolved)]);
  const content: string[] = [];
  for (const { commit } of await repo.branches())
    for await (const { id, cid } of repo.dataset("qa").rows({ at: commit })) content.push(`${id} ${cid}`);
  return { refs, rows: content.join() };
}

/** Opens a repository whose commits are the same in every run: the clock stands still, years after the beginning. */
function openFixed(drive: Drive, name = "b"): Promise<Repository> {
  let nonces = 0;
  const platform = {
    ...nodePlatform,
    now: () => 1_900_000_000_000,
    nonce: () => name + (++nonces).toString(16).padStart(31, "0"),
  };
  return Repository.open(drive, { platform, author });
}

/** The states that a command passes through when nothing fails: after each of its steps a crash may leave it. */
async function statesOf(
  start: MemoryDrive,
  command: Command,
): Promise<{ operations: number; states: Set<string>; last: string }> {
  const drive = await copyOf(start);
  const states = new Set([(await stateOf(await openFixed(drive))).refs]);
  const faulty = new FaultyDrive(drive);
  const repo = await openFixed(faulty);
  const opened = faulty.operations;
  // Every creation of an entry is a step; what it leaves is read by somebody else.
  const { create } = faulty;
  faulty.create = async (name, bytes) => {
    const created = await create.call(faulty, name, bytes);
    if (!name.startsWith("packs/")) states.add((await stateOf(await openFixed(drive))).refs);
    return created;
  };
  await command(repo);
  const last = (await stateOf(await openFixed(drive))).refs;
  return { operations: faulty.operations - opened, states, last };
}

/** Instants tried for each command and fault; SHEAF_CRASH_POINTS sets more. */
const points = Number(process.env["SHEAF_CRASH_POINTS"] ?? 6);

async function tryAt(
  start: MemoryDrive,
  command: Command,
  instant: number,
  fault: Fault,
  allowed: { states: Set<string>; last: string },
): Promise<void> {
  const drive = await copyOf(start);
  const opened = new FaultyDrive(drive);
  await openFixed(opened);
  const faulty = new FaultyDrive(drive, opened.operations + instant, fault);
  let isDone = true;
  const repo = await openFixed(faulty);
  try {
    await command(repo);
  } catch {
    isDone = false;
  }
  const after = await openFixed(drive, "c");
  const state = await stateOf(after);
  expect(allowed.states).toContain(state.refs);
  if (isDone) expect(state.refs).toBe(allowed.last);
  for await (const { message } of after.verify()) expect.fail(message);
  // Life goes on.
  const branch = (await after.head()).branch as string;
  if ((await after.branches()).some(({ name }) => name === branch))
    await after.dataset("qa").patch([{ op: "add", path: "/items/later", value: { fine: true } }], { branch });
  for await (const { message } of (await open(drive)).verify()) expect.fail(message);
}

describe.each(Object.keys(commands))("when an operation of %s fails", name => {
  const command = commands[name];

  test.each(faults)("(it %s), the state is an old or a new one, whole", async fault => {
    const start = await begun();
    const { operations, ...allowed } = await statesOf(start, command);
    expect(operations).toBeGreaterThan(3);
    const step = Math.max(1, operations / points);
    for (let instant = 1 + (step * faults.indexOf(fault)) / faults.length; instant <= operations; instant += step)
      await tryAt(start, command, Math.floor(instant), fault, allowed);
  });
});

test("after an error the same repository object goes on, and the command can be run again", async () => {
  const start = await begun();
  for (let failAt = 1, hasFailed = true; hasFailed; failAt++) {
    const drive = await copyOf(start);
    const opened = new FaultyDrive(drive);
    await openFixed(opened);
    const repo = await openFixed(new FaultyDrive(drive, opened.operations + failAt, "refuses"));
    hasFailed = false;
    await commands["an import"](repo).catch(() => (hasFailed = true));
    if (!hasFailed) break;
    await commands["an import"](repo);
    expect((await repo.dataset("qa").info()).count).toBe(60);
    expect(await all(repo.verify())).toEqual([]);
  }
});

test("a merge whose process ended between its commit and the end of the wait is done", async () => {
  const drive = await begun();
  const repo = await openFixed(drive);
  expect(await repo.merge("torn")).toHaveProperty("conflicts");
  await repo.resolveConflicts(() => "theirs");
  const waiting = await openFixed(drive, "w");
  const { create } = drive;
  drive.create = (name, bytes) =>
    name.startsWith("logs/merges/") ? Promise.reject(new Error("killed")) : create.call(drive, name, bytes);
  await expect(waiting.finishMerge()).rejects.toThrow("killed");
  drive.create = create;
  const after = await openFixed(drive, "c");
  expect(await after.mergeState()).toBeUndefined();
  expect((await after.show("main")).parents).toHaveLength(2);
  await after.dataset("qa").patch([{ op: "add", path: "/items/later", value: { text: "x" } }]);
  expect(await after.mergeState()).toBeUndefined();
  await expect(after.finishMerge()).rejects.toMatchObject({ code: "refused" });
  await after.dataset("qa").patch([{ op: "replace", path: "/items/q2/text", value: "again" }], { branch: "torn" });
  expect(await after.merge("torn")).toMatchObject({ advanced: true });
});
