/** Law 6: a merge is the same from both sides, conflicts too, and nothing is dropped silently. Histories are drawn at random, criss-cross too. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareText,
  type Choice,
  type Conflict,
  type MergeResult,
  type Operation,
  type Repository,
  type ValueObject,
} from "@sheaf/core";
import { objects } from "../../packages/core/src/testing/values.js";
import { all, exactRows, open, putRow, removeRow, type ExactRow } from "./rows.js";

/** What a side does: rows put, rows removed, fields set. */
interface SideEdit {
  readonly puts: readonly ExactRow[];
  readonly removes: readonly number[];
  readonly fields: readonly (readonly [number, string, ValueObject])[];
}

const sideEdits: fc.Arbitrary<SideEdit> = fc.record({
  puts: exactRows.map(rows => rows.slice(0, 2)),
  removes: fc.array(fc.nat(7), { maxLength: 1 }),
  fields: fc.array(fc.tuple(fc.nat(7), fc.constantFrom("x", "y"), objects), { maxLength: 3 }),
});

/** Makes a commit on a branch from an edit, as far as the rows are there. */
async function act(repo: Repository, branch: string, { puts, removes, fields }: SideEdit): Promise<void> {
  const rows = await all(repo.dataset("qa").rows({ at: branch }));
  const idOf = (n: number) => rows[n]?.id;
  const patch: Operation[] = [];
  for (const [n, field, value] of fields) {
    const id = idOf(n);
    if (id !== undefined) patch.push({ op: "add", path: `/items/${escaped(id)}/${field}`, value });
  }
  for (const n of removes) {
    const id = idOf(n);
    if (id !== undefined) patch.push(removeRow({ id, position: "a0", item: {} }));
  }
  patch.push(...puts.flatMap(putRow));
  await repo.edit([{ dataset: "qa", patch }], { branch, allowEmpty: true });
}

const escaped = (id: string) => id.replaceAll("~", "~0").replaceAll("/", "~1");

const swap = ({ ours, theirs, run: _run, ...rest }: Conflict) => ({
  ...rest,
  ...(theirs !== undefined && { ours: theirs }),
  ...(ours !== undefined && { theirs: ours }),
});
const plain = ({ run: _run, ...conflict }: Conflict) => conflict;
const place = ({ dataset, id, pointer }: Conflict) => `${dataset} ${id ?? ""} ${pointer}`;
const sorted = (conflicts: readonly Conflict[]) => conflicts.toSorted((a, b) => compareText(place(a), place(b)));

async function snapshotAt(repo: Repository, revision: string): Promise<string> {
  return (await all(repo.datasets({ at: revision }))).map(({ path, cid }) => `${path} ${cid}`).join();
}

/** Merges each of two branches into a copy of the other. */
async function bothWays(
  repo: Repository,
  resolve?: (side: "a" | "b", conflict: Conflict) => Choice,
): Promise<[MergeResult, MergeResult]> {
  await repo.branch("a-b", { at: "a" });
  await repo.branch("b-a", { at: "b" });
  const option = (side: "a" | "b") => (resolve ? { resolve: (conflict: Conflict) => resolve(side, conflict) } : {});
  return [
    await repo.merge("b", { into: "a-b", noFastForward: true, ...option("a") }),
    await repo.merge("a", { into: "b-a", noFastForward: true, ...option("b") }),
  ];
}

/** A repository with branches `a` and `b`; with `crossed`, each has merged the other once before. */
async function diverged(
  rows: readonly ExactRow[],
  a: readonly SideEdit[],
  b: readonly SideEdit[],
  crossed: boolean,
): Promise<Repository> {
  const repo = await open();
  await repo.createDataset("qa");
  await repo.edit([{ dataset: "qa", patch: rows.flatMap(putRow) }], { allowEmpty: true });
  for (const [branch, edits] of [
    ["a", a],
    ["b", b],
  ] as const) {
    await repo.branch(branch, { at: "main" });
    await act(repo, branch, edits[0]);
  }
  if (crossed) {
    await repo.branch("old-a", { at: "a" });
    await repo.merge("b", { into: "a", resolve: () => "ours" });
    await repo.merge("old-a", { into: "b", resolve: () => "ours" });
  }
  await act(repo, "a", a[1]);
  await act(repo, "b", b[1]);
  return repo;
}

const histories = fc.tuple(exactRows, fc.tuple(sideEdits, sideEdits), fc.tuple(sideEdits, sideEdits), fc.boolean());

describe("law 6: merge is symmetric", () => {
  test("a into b gives what b into a gives, or the same conflicts with the sides swapped", async () => {
    let [clean, torn] = [0, 0];
    await fc.assert(
      fc.asyncProperty(histories, async ([rows, a, b, crossed]) => {
        const repo = await diverged(rows, a, b, crossed);
        const [one, other] = await bothWays(repo);
        if ("conflicts" in one) {
          torn++;
          const theirs = "conflicts" in other ? other.conflicts : [];
          // A run of an array is counted in the elements of ours, which are not the same from both sides.
          if (one.conflicts.some(({ run }) => run !== undefined)) expect(theirs.length).toBeGreaterThan(0);
          else expect(sorted(one.conflicts).map(swap)).toEqual(sorted(theirs).map(plain));
        } else {
          clean++;
          expect("commit" in other).toBe(true);
          expect(await snapshotAt(repo, "a-b")).toBe(await snapshotAt(repo, "b-a"));
        }
      }),
      { numRuns: 60 },
    );
    expect(Math.min(clean, torn)).toBeGreaterThan(0);
  });

  test("resolved the same way from both sides, it is the same snapshot", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ([rows, a, b, crossed]) => {
        const repo = await diverged(rows, a, b, crossed);
        await bothWays(repo, side => (side === "a" ? "ours" : "theirs"));
        expect(await snapshotAt(repo, "a-b")).toBe(await snapshotAt(repo, "b-a"));
      }),
      { numRuns: 40 },
    );
  });

  test("every row that one side alone touched is in the merge as that side has it", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ([rows, a, b]) => {
        const repo = await diverged(rows, a, b, false);
        const [merged] = await bothWays(repo, () => "ours");
        expect("commit" in merged).toBe(true);
        const cids = async (at: string) =>
          new Map(
            (await all(repo.dataset("qa").rows({ at }))).map(({ id, cid, position }) => [id, `${cid} ${position}`]),
          );
        const [base, ofA, ofB, made] = [await cids("main"), await cids("a"), await cids("b"), await cids("a-b")];
        for (const id of new Set([...base.keys(), ...ofA.keys(), ...ofB.keys()])) {
          if (base.get(id) === ofB.get(id)) expect(made.get(id)).toBe(ofA.get(id));
          else if (base.get(id) === ofA.get(id)) expect(made.get(id)).toBe(ofB.get(id));
        }
      }),
      { numRuns: 40 },
    );
  });
});
