/**
 * Grows the golden repository of format 1: every kind of thing that rests in a folder, made with a fixed clock and fixed nonces.
 *
 * The folder `format-1` and what is expected of it (`format-1.json`, `vectors.json`) are frozen: a Sheaf that cannot read them, or that makes other CIDs,
 * has changed the format. Grow them anew only together with a new format version, in a new folder:
 *
 *     SHEAF_REGROW=1 npx vitest run test/golden
 */
import { parseJson, printItem, Repository, type Drive, type Platform, type ValueObject } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { batches } from "../laws/rows.js";

/** A platform on which every run is the same: nonces are counted, and the clock stands still until `tick` lets a minute pass. */
export function fixedPlatform(): { platform: Platform; tick: () => void } {
  let now = 1_750_000_000_000;
  let nonces = 0;
  const platform = { ...nodePlatform, now: () => now, nonce: () => (++nonces).toString(16).padStart(32, "0") };
  return { platform, tick: () => (now += 60_000) };
}

const author = () => ({ name: "Ada Lovelace", email: "ada@example.org" });

/** Items that implementations differ on, as text. */
export const awkwardItems = [
  "{}",
  '{"":""}',
  '{"a":1,"b":1.0,"c":-0.0,"d":1e-7,"e":1e21,"f":0.1}',
  '{"big":18446744073709551615,"least":-18446744073709551616,"safe":9007199254740993}',
  '{"__proto__":{"x":1},"constructor":null}',
  '{"@meta":{"tags":["a"]},"@@meta":true}',
  '{"é":"e\\u0301","😀":"\\uffee","\\uffee":"\\ud83d\\ude00","\\u0000":"\\t\\"\\\\"}',
  '{"bb":1,"a":2,"aaa":3,"ab":{"z":[[],{},[null,false,"x"]]}}',
];

/** What is done, one step a minute. */
function stepsOf(repo: Repository): (() => Promise<unknown>)[] {
  const qa = repo.dataset("qa");
  const questions = Array.from({ length: 400 }, (_, n) => ({ id: `q${n}`, question: `What is ${n} + ${n}?`, answer: String(2 * n) }));
  const awkward = awkwardItems.map((text, i) => ({ id: `a${i}`, position: "a0", item: parseJson(text) as ValueObject }));
  const bytes = (text: string) => new TextEncoder().encode(text);
  return [
    () => repo.config.set("user.name", "Ada Lovelace"),
    () => qa.import(questions, { key: "id", message: "first import\n\nof the questions" }),
    () => repo.tag("v1"),
    () => repo.dataset("safety/awkward é").importBatches(batches(awkward, { exactly: false })),
    () => repo.repack({ all: true }),
    () => repo.branch("side"),
    () => qa.patch([{ op: "replace", path: "/items/q7/answer", value: "fourteen" }, { op: "remove", path: "/items/q8" }], { branch: "side", message: "seven" }),
    () => qa.patch([{ op: "add", path: "/items/q7/checked", value: true }, { op: "add", path: "/meta/description", value: "sums" }]),
    () => qa.move("q9", { before: "q0" }),
    () => repo.merge("side"),
    () =>
      repo.edit([
        { file: "README.md", content: bytes("# Golden\n") },
        { file: "run.sh", content: bytes("true\n"), mode: 0o100755 },
        { dataset: "empty", create: { meta: { columns: ["a", "b"] } } },
      ]),
    () => repo.renameDataset("safety/awkward é", "awkward"),
    () => qa.orderColumns(["question", "answer"]),
    () => repo.tag("v2", { message: "the second\n" }),
    () => repo.setEnvironment("qa", "production", "v1"),
    () => repo.branch("gone"),
    () => repo.deleteBranch("gone"),
    () => repo.branch("torn", { at: "v1" }),
    () => qa.patch([{ op: "replace", path: "/items/q7/answer", value: "XIV" }], { branch: "torn", attributes: { reason: "roman" } }),
    () => repo.undo(),
    // By its CID, as the branch has gone back: undo after the merge would give the merge up.
    () => repo.merge("bafyreige5fgam4z4yoyin4te4zkyhnf6rjnxzy4lff2otwbpcusafg7vge", { message: "Merge torn into main" }),
  ];
}

/** Makes the repository on an empty drive. */
export async function grow(drive: Drive): Promise<Repository> {
  const { platform, tick } = fixedPlatform();
  const repo = await Repository.open(drive, { platform, author, zone: () => 90, create: true });
  for (const step of stepsOf(repo)) {
    tick();
    await step();
  }
  return repo;
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}

/** Everything that can be read of a repository, as plain JSON. */
export async function describe(repo: Repository): Promise<object> {
  const commits = await all(repo.log({ at: "side" }));
  for (const commit of await all(repo.log())) if (!commits.some(other => other.commit === commit.commit)) commits.push(commit);
  const versions: Record<string, object> = {};
  for (const { commit } of commits) versions[commit] = await describeVersion(repo, commit);
  return {
    head: await repo.head(),
    branches: await repo.branches(),
    tags: await repo.tags(),
    config: await repo.config.all(),
    environments: await repo.environments("qa"),
    // The serial is no part of what rests: it is counted from the names of entries.
    reflog: (await all(repo.reflog())).map(({ serial: _, ...entry }) => entry),
    merging: await repo.mergeState(),
    log: await all(repo.log()),
    versions,
    diff: await all(repo.diff("v1", "v2")),
  };
}

async function describeVersion(repo: Repository, at: string): Promise<object> {
  const { commit } = await repo.show(at);
  const datasets = [];
  for (const info of await all(repo.datasets({ at }))) {
    const rows: string[] = [];
    for await (const { ids, positions, blocks } of repo.dataset(info.path).batches({ at })) ids.forEach((id, i) => rows.push(`${positions[i]} ${id} ${printItem(blocks[i])}`));
    const first = rows.length > 20 ? [...rows.slice(0, 12), `and ${rows.length - 12} more`] : rows;
    datasets.push({ ...info, rows: first });
  }
  return { commit, datasets };
}
