import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printCid, type Digest } from "@sheaf/core";
import { drawHistory, plainSnapshots, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { sound } from "../project/testing.js";
import { lines, Town } from "./testing.js";

interface Drawn {
  readonly snapshots: readonly PlainSnapshot[];
  readonly parents: readonly (readonly number[])[];
}

/** Histories of up to six commits, each changed from its first parent. */
const histories: fc.Arbitrary<Drawn> = fc
  .tuple(
    plainSnapshots,
    fc.array(fc.tuple(snapshotChanges, fc.nat(), fc.option(fc.nat(), { freq: 2 })), { maxLength: 5 }),
  )
  .map(([first, steps]) => {
    const snapshots = [sound(first)];
    const parents: number[][] = [[]];
    for (const [change, p, q] of steps) {
      const own = [...new Set([p, ...(q === null ? [] : [q])].map(n => n % snapshots.length))];
      parents.push(own);
      snapshots.push(sound(change(snapshots[own[0]])));
    }
    return { snapshots, parents };
  });

/** Drawn snapshots with ids of datasets and positions of rows as real ones have them. */
function real(snapshot: PlainSnapshot): PlainSnapshot {
  const datasets = Array.from(snapshot.datasets, ([path, dataset]) => {
    const rows = Array.from(
      dataset.rows,
      ([id, row]) => [id, { ...row, position: row.position.replace("b0", "b00") }] as const,
    );
    return [path, { ...dataset, id: dataset.id.padStart(32, "0"), rows: new Map(rows) }] as const;
  });
  return { ...snapshot, datasets: new Map(datasets) };
}

function draw({ blocks }: Town, { snapshots, parents }: Drawn): Digest[] {
  const drawing = parents.map((own, n) => ({ name: `c${n}`, parents: own.map(p => `c${p}`), time: 1000 + n }));
  return [...drawHistory(blocks, drawing, name => real(snapshots[Number(name.slice(1))])).values()];
}

const texts = (digests: Iterable<Digest>) => Array.from(digests, digest => printCid(digest));

describe("laws", () => {
  test("adopt(project(c)) = c, in an empty repository, all at once or step by step", () =>
    fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (drawn, n) => {
        const here = new Town(new MemoryDrive());
        const commits = draw(here, drawn);
        const oids = await here.push(commits);
        const there = new Town(new MemoryDrive(), here.git);
        const first = oids[n % oids.length];
        await there.adopt([first]);
        const adopted = await there.adopt(oids);
        expect(texts(adopted.values())).toEqual(texts(commits));
      }),
      { numRuns: 30 },
    ));
});

describe("commits of others", () => {
  test("a file without ids comes back byte for byte", async () => {
    const town = new Town(new MemoryDrive());
    const oid = town.git.commit({ "qa/rows/0.jsonl": lines('{"a": 1}', "", '{"a":2}\r'), "README.md": "hi" });
    const adopted = await town.adopt([oid]);
    expect(await new Town(new MemoryDrive(), town.git, town.blocks).oidOf(adopted.get(oid) as Digest)).toBe(oid);
  });
});
