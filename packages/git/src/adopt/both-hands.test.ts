/** Histories that Sheaf and others write by turns, each on what the other made: law 10 wherever one can see it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCommit, encodeCommit, printCid, utf8, type Digest, type Value } from "@sheaf/core";
import { drawHistory, plainSnapshots, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { treeEdits, type TreeEdit } from "../../test/others.js";
import type { Oid } from "../object.js";
import { sound } from "../project/testing.js";
import { Town, type Files } from "./testing.js";

type Change = (snapshot: PlainSnapshot) => PlainSnapshot;

/** A step: on which earlier commits, and what is done there. */
type Step = { readonly on: readonly number[] } & (
  | {
      readonly by: "sheaf";
      readonly change: Change;
      readonly back: number | null;
      readonly attributes: Record<string, Value>;
      readonly file: readonly [path: string, text: string] | null;
    }
  | {
      readonly by: "others";
      readonly edit: TreeEdit;
      readonly other: number;
      readonly back: boolean;
      readonly mark: string;
    }
);

const on = fc.oneof(
  { weight: 5, arbitrary: fc.constant([0]) },
  { weight: 2, arbitrary: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 3 }) },
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    by: fc.constant("sheaf" as const),
    on,
    change: snapshotChanges,
    back: fc.option(fc.nat({ max: 5 })),
    attributes: fc.constantFrom<Record<string, Value>>({}, {}, { a: 1 }),
    file: fc.option(
      fc.tuple(
        fc.constantFrom("x/rows/0.jsonl", "x/dataset.json", "qa/rows/x.txt", "qa/dataset.json", "z", "safety/a/rows"),
        fc.constantFrom("{}", `{"id":"${"f".repeat(32)}"}`, "text"),
      ),
      { freq: 3 },
    ),
  }),
  fc.record({
    by: fc.constant("others" as const),
    on,
    edit: treeEdits,
    other: fc.nat({ max: 5 }),
    back: fc.boolean(),
    mark: fc.constantFrom("", "", "", '{"git":"projected"}', '{"a":1,"git":"projected"}', '{"git":1}'),
  }),
);

/** Snapshots with ids of datasets and positions of rows as real ones have them. */
function real(snapshot: PlainSnapshot): PlainSnapshot {
  const ids = new Set<string>();
  const datasets = Array.from(snapshot.datasets).flatMap(([path, dataset]) => {
    const id = dataset.id.padStart(32, "0");
    if (ids.has(id)) return [];
    ids.add(id);
    const rows = Array.from(
      dataset.rows,
      ([id, row]) => [id, { ...row, position: row.position.replace(/^b0$/, "b00") }] as const,
    );
    return [[path, { ...dataset, id, rows: new Map(rows) }] as const];
  });
  return { ...snapshot, datasets: new Map(datasets) };
}

const plainFile = (path: string, text: string) => [path, { mode: 0o100644, text }] as const;

interface Kept {
  readonly digest: Digest;
  readonly oid: Oid;
}

/** A repository in which Sheaf and others write; keeps each commit by both its names. */
class Scene {
  readonly town = new Town(new MemoryDrive());
  readonly commits: Kept[] = [];

  async begin(snapshot: PlainSnapshot): Promise<void> {
    const [digest] = drawHistory(this.town.blocks, [{ name: "c", parents: [], time: 1000 }], () =>
      real(sound(snapshot)),
    ).values();
    this.commits.push({ digest, oid: (await this.town.push([digest]))[0] });
  }

  /** The commit so many before the last. */
  #nth(n: number): Kept {
    return this.commits[(this.commits.length * 8 - 1 - n) % this.commits.length];
  }

  async take(step: Step): Promise<void> {
    const parents = [...new Set(step.on.map(n => this.#nth(n)))];
    await (step.by === "sheaf" ? this.#make(step, parents) : this.#adopt(step, parents));
  }

  /** Makes a commit here and pushes it. One that the projection refuses is dropped. */
  async #make(step: Extract<Step, { by: "sheaf" }>, parents: readonly Kept[]): Promise<void> {
    const { blocks } = this.town;
    const from = step.back === null ? parents[0] : this.#nth(step.back);
    const edited = await this.town.edit(from.digest, snapshot => {
      const { datasets, files } = real(sound(step.change(snapshot)));
      return { datasets, files: new Map([...files, ...(step.file ? [plainFile(...step.file)] : [])]) };
    });
    const commit = decodeCommit(await blocks.load(edited));
    const { attributes } = step;
    const digest = blocks.put(encodeCommit({ ...commit, parents: parents.map(one => one.digest), attributes }));
    const pushed = await this.town.push([digest]).catch((error: unknown) => String(error));
    if (typeof pushed !== "string") this.commits.push({ digest, oid: pushed[0] });
    else if (!/lies where git holds|stands where git needs|would be read from git/.test(pushed))
      throw new Error(pushed);
  }

  /** Puts a commit of others and adopts it. One that adoption refuses is dropped. */
  async #adopt(step: Extract<Step, { by: "others" }>, parents: readonly Kept[]): Promise<void> {
    const { git } = this.town;
    const tree = git.files(git.treeOf(parents[0].oid));
    const other = git.files(git.treeOf(this.#nth(step.other).oid));
    const edited = step.back ? step.edit(other, tree) : step.edit(tree, other);
    const who = "Ada <ada@example.org> 1700000000 +0130";
    const head = [
      `tree ${git.tree(edited)}`,
      ...parents.map(({ oid }) => `parent ${oid}`),
      `author ${who}`,
      `committer ${who}`,
      ...(step.mark ? [`sheaf ${step.mark}`] : []),
    ];
    const oid = git.put("commit", utf8(`${head.join("\n")}\n\nm\n`));
    const adopted = await this.town.adopt([oid]).catch((error: unknown) => String(error));
    if (typeof adopted !== "string") this.commits.push({ digest: adopted.get(oid) as Digest, oid });
    else if (!adopted.includes(`SheafError: commit ${oid}, `)) throw new Error(adopted);
  }
}

const rowsFolder = /^(.+?\/rows\/).*\.jsonl$/;
const inRows =
  (edit: (text: string) => string): TreeEdit =>
  tree =>
    Object.fromEntries(
      Object.entries(tree).map(([path, file]) => [
        path,
        rowsFolder.test(path) ? { ...file, text: edit(file.text) } : file,
      ]),
    );
const crowded: TreeEdit = (_, other) => ({
  ...other,
  ...Object.fromEntries(
    Object.keys(other).flatMap(path => {
      const [, folder] = rowsFolder.exec(path) ?? [];
      return folder ? [[`${folder}zz.jsonl`, { mode: 0o100644, text: '{"@id":"n","@pos":"a1"}\n' }]] : [];
    }),
  ),
});

/** Others change all rows, take that back, and add rows at positions that are taken; Sheaf goes back to what was before all that, or nearly. */
const wayBack: fc.Arbitrary<Step[]> = fc
  .record({ change: snapshotChanges, isChanged: fc.boolean() })
  .map(({ change, isChanged }): Step[] => {
    const others = { by: "others", on: [0], back: false, mark: "" } as const;
    return [
      { ...others, edit: inRows(text => text.replace(/\n.*\n/, "\n")), other: 0 },
      { ...others, edit: crowded, other: 1 },
      { by: "sheaf", on: [0], back: 2, change: isChanged ? change : one => one, attributes: {}, file: null },
    ];
  });
const histories = fc
  .tuple(fc.array(steps, { maxLength: 4 }), fc.oneof(fc.constant([]), wayBack), fc.array(steps, { maxLength: 2 }))
  .map(parts => parts.flat());

test("by both hands: every clone adopts each commit as what it is where it was made, and projects it again", () =>
  fc.assert(
    fc.asyncProperty(plainSnapshots, histories, async (first, list) => {
      const scene = new Scene();
      await scene.begin(first);
      for (const step of list) await scene.take(step);
      const oids = scene.commits.map(({ oid }) => oid);
      const there = new Town(new MemoryDrive(), scene.town.git);
      const adopted = await there.adopt(oids);
      const cids = oids.map(oid => printCid(adopted.get(oid) as Digest));
      expect(cids).toEqual(scene.commits.map(({ digest }) => printCid(digest)));
      const anew = new Town(new MemoryDrive(), scene.town.git, there.blocks);
      for (const { oid, digest } of scene.commits.toReversed()) expect(await anew.oidOf(digest)).toBe(oid);
    }),
    { numRuns: Number(process.env["SHEAF_RUNS"] ?? 20) },
  ));

describe("a commit that says what its parent's files do not mean", () => {
  const row = (id: string, position: string) => `{"@id":"${id}","@pos":"${position}","x":1}\n`;
  const text = (id: string, path: string) => `{\n  "id": "${id.repeat(32)}",\n  "path": "${path}"\n}\n`;

  /** Adopts a history of files, makes a commit on its end of what the first has, changed, and adopts that elsewhere; gives its body in git. */
  async function goBack(change: Change, ...history: readonly Files[]): Promise<string> {
    const here = new Town(new MemoryDrive());
    const oids: Oid[] = [];
    for (const files of history) oids.push(here.git.commit(files, oids.slice(-1)));
    const adopted = Array.from((await here.adopt(oids)).values());
    const before = await here.plain(adopted[0]);
    const made = await here.edit(adopted[adopted.length - 1], () => change(before));
    const [oid] = await here.push([made]);
    const there = new Town(new MemoryDrive(), here.git);
    expect(printCid((await there.adopt([oid])).get(oid) as Digest)).toBe(printCid(made));
    expect(await new Town(new MemoryDrive(), here.git, there.blocks).oidOf(made)).toBe(oid);
    return new TextDecoder().decode(here.git.body(oid));
  }

  const first = { "qa/dataset.json": text("1", "qa"), "qa/rows/0.jsonl": row("a", "a0") + row("b", "a3") };
  const second = { ...first, "qa/rows/0.jsonl": row("q", "a5") };
  const isMarked = expect.stringMatching(/^sheaf \{"git":"projected"\}$/m);
  const at =
    (path: string): Change =>
    ({ datasets, files }) => ({ files, datasets: new Map(Array.from(datasets.values(), one => [path, one])) });

  test("rows that had to move are where they were again", async () => {
    const third = { ...first, "qa/rows/z.jsonl": row("c", "a1") };
    expect(await goBack(at("qa"), first, second, third)).toEqual(isMarked);
  });

  test("so are they in a dataset that is renamed with that", async () => {
    const third = { ...first, "qa/rows/z.jsonl": row("c", "a1") };
    expect(await goBack(at("safety"), first, second, third)).toEqual(isMarked);
  });

  test("a dataset takes the place of its copy, which gave its id for its own", async () => {
    const third = { ...first, "z/dataset.json": text("1", "z"), "z/rows/0.jsonl": first["qa/rows/0.jsonl"] };
    expect(await goBack(at("z"), first, third)).toEqual(isMarked);
  });

  test("what the parent's files do mean needs no mark", async () => {
    const third = { ...first, "qa/rows/z.jsonl": row("c", "a4") };
    expect(await goBack(at("qa"), first, second, third)).not.toContain("sheaf");
  });
});
