import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCid, printCid, type Cid, type Digest } from "@sheaf/core";
import { drawHistory, plainSnapshots, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import type { Oid } from "../object.js";
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
      ([id, row]) => [id, { ...row, position: row.position.replace(/^b0$/, "b00") }] as const,
    );
    return [path, { ...dataset, id: dataset.id.padStart(32, "0"), rows: new Map(rows) }] as const;
  });
  return { ...snapshot, datasets: new Map(datasets) };
}

function draw({ blocks }: Town, { snapshots, parents }: Drawn): Digest[] {
  const drawing = parents.map((own, n) => ({ name: `c${n}`, parents: own.map(p => `c${p}`), time: 1000 + n }));
  return [...drawHistory(blocks, drawing, name => real(snapshots[Number(name.slice(1))])).values()];
}

/** What was adopted, as text to compare; or why not. */
const outcome = (adopting: Promise<Map<Oid, Digest>>): Promise<Map<Oid, Cid> | string> =>
  adopting.then(
    adopted => new Map(Array.from(adopted, ([oid, digest]) => [oid, printCid(digest)])),
    (error: unknown) => String(error),
  );

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

  test("project(adopt(g)) = g, and every clone adopts the same, whatever others did", () =>
    fc.assert(
      fc.asyncProperty(plainSnapshots, fc.array(fc.tuple(spoilings, fc.nat())), fc.nat(), async (drawn, steps, n) => {
        const here = new Town(new MemoryDrive());
        const commits = draw(here, { snapshots: [sound(drawn)], parents: [[]] });
        const oids = await here.push(commits);
        for (const [spoil, p] of steps.slice(0, 4)) {
          const parents = [...new Set([oids[oids.length - 1], oids[p % oids.length]])];
          const files = here.git.files(here.git.treeOf(parents[0]));
          oids.push(here.git.commit(spoil(files), parents.slice(0, 1 + (p % 2))));
        }
        const there = new Town(new MemoryDrive(), here.git);
        await there.adopt([oids[n % oids.length]]).catch(() => undefined);
        const [ours, theirs] = [await outcome(here.adopt(oids)), await outcome(there.adopt(oids))];
        expect(theirs).toEqual(ours);
        if (typeof theirs === "string") {
          expect(theirs).toMatch("the id stands twice");
          return;
        }
        const anew = new Town(new MemoryDrive(), here.git, there.blocks);
        for (const [oid, cid] of theirs) expect(await anew.oidOf(parseCid(cid).digest)).toBe(oid);
      }),
      { numRuns: 30 },
    ));

  test("what Sheaf makes on what others made is adopted as it is", () =>
    fc.assert(
      fc.asyncProperty(plainSnapshots, spoilings, snapshotChanges, async (drawn, spoil, change) => {
        const here = new Town(new MemoryDrive());
        const [first] = await here.push(draw(here, { snapshots: [sound(drawn)], parents: [[]] }));
        const foreign = here.git.commit(spoil(here.git.files(here.git.treeOf(first))), [first]);
        const adopted = await outcome(here.adopt([foreign]));
        if (typeof adopted === "string") {
          expect(adopted).toMatch("the id stands twice");
          return;
        }
        const next = await here.edit(parseCid(adopted.get(foreign) ?? "").digest, snapshot =>
          real(sound(change(snapshot))),
        );
        const [oid] = await here.push([next]);
        const there = new Town(new MemoryDrive(), here.git);
        expect(texts((await there.adopt([oid])).values())).toEqual(texts([next]));
      }),
      { numRuns: 30 },
    ));
});

type Spoiled = Record<string, { mode: number; text: string }>;

const without = (line: string, member: RegExp) => line.replace(member, "").replace(/, ?}/, "}");

/** What people do to a file of rows. */
const lineEdits: fc.Arbitrary<(lines: string[], n: number) => string[]> = fc.constantFrom<
  ((lines: string[], n: number) => string[])[]
>(
  (list, n) => list.toSpliced(n % (list.length + 1), 0, '{"x":0}'),
  (list, n) => list.toSpliced(n % (list.length + 1), 1),
  (list, n) => list.map((line, i) => (i === n % list.length ? without(line, /"@(id|pos)":"[^"]*",?/g) : line)),
  (list, n) => list.map((line, i) => (i === n % list.length ? without(line, /"@pos":"[^"]*",?/) : line)),
  list => list.toReversed(),
  list => list.map(line => `${line}\r`),
  list => list.map(line => line.replace(",", ", ")),
  list => list.flatMap((line, i) => (i === 1 ? ["", line] : [line])),
  (list, n) => list.map((line, i) => (i === n % list.length ? line.replace(/:([012])/, ":9") : line)),
);

/** Anything that people do to a tree. */
const spoilings: fc.Arbitrary<(files: Spoiled) => Spoiled> = fc
  .array(fc.tuple(fc.nat({ max: 9 }), fc.nat(), lineEdits), { minLength: 1, maxLength: 4 })
  .map(edits => files => edits.reduce((spoiled, [kind, n, edit]) => spoilOnce(spoiled, kind, n, edit), { ...files }));

function spoilOnce(files: Spoiled, kind: number, n: number, edit: (lines: string[], n: number) => string[]): Spoiled {
  const rows = Object.keys(files).filter(path => path.endsWith(".jsonl"));
  const path = rows[n % Math.max(1, rows.length)];
  const folder = path?.slice(0, path.indexOf("/rows/"));
  const file = (text: string, mode = 0o100644) => ({ mode, text });
  const moved = (to: string) =>
    Object.entries(files).map(([own, text]) => [
      own.startsWith(`${folder}/`) ? to + own.slice(folder.length) : own,
      text,
    ]);
  if (kind === 0) return { ...files, "new/rows/a.jsonl": file(lines('{"x":1}', '{"x":1}')) };
  if (kind === 1) return { ...files, link: file("../..", 0o120000), "new/README": file("hi", 0o100755) };
  if (kind === 2) return Object.fromEntries(Object.entries(files).filter(([own]) => own !== "sheaf.json"));
  if (path === undefined) return files;
  if (kind === 3) return Object.fromEntries(moved("moved")) as Spoiled;
  if (kind === 4) return { ...(Object.fromEntries(moved("copied")) as Spoiled), ...files };
  if (kind === 5) return Object.fromEntries(Object.entries(files).filter(([own]) => own !== `${folder}/dataset.json`));
  if (kind === 6) {
    const { [path]: text, ...others } = files;
    return { ...others, [`${folder}/rows/x/${n % 3}.jsonl`]: text };
  }
  const list = files[path].text.split("\n").slice(0, -1);
  return {
    ...files,
    [path]: file(
      edit(list, n)
        .map(line => `${line}\n`)
        .join(""),
    ),
  };
}

describe("commits of others", () => {
  test("a file without ids comes back byte for byte", async () => {
    const town = new Town(new MemoryDrive());
    const oid = town.git.commit({ "qa/rows/0.jsonl": lines('{"a": 1}', "", '{"a":2}\r'), "README.md": "hi" });
    const adopted = await town.adopt([oid]);
    expect(await new Town(new MemoryDrive(), town.git, town.blocks).oidOf(adopted.get(oid) as Digest)).toBe(oid);
  });
});
