/** What repositories say of the same versions comes to the same in all of them, and nothing that was said or added is lost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { besides, name, put, started } from "../sync/noted.js";
import { rowsOf } from "../sync/town.js";

/** What happens in the model: on one side, or between a side and the origin. */
const deeds = fc.array(
  fc.record({
    who: fc.constantFrom("ada", "bob"),
    what: fc.constantFrom("name", "describe", "beside", "push", "fetch"),
    number: fc.integer({ min: 1, max: 3 }),
    text: fc.constantFrom("x", "y", "z"),
  }),
  { maxLength: 14 },
);

test("law: whatever both note in whatever order, once all was fetched and pushed, all have the same notes and versions", async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async all => {
      const { town, ada } = await started();
      for (const id of ["a", "b", "c", "d"]) await put(ada, id);
      await ada.push("origin");
      const sides = { ada, bob: await town.clone("origin", "bob") };
      let serial = 0;
      const added: Record<number, string[]> = {};
      for (const { who, what, number, text } of all) {
        const repo = sides[who];
        if (what === "name") await name(repo, number, text);
        else if (what === "describe")
          await repo.versions.note("qa", number, note => ({ ...note, [who]: { text, serial: serial++ } }));
        else if (what === "beside") {
          await besides(repo, number, `${who}${serial}`);
          added[number] = [...(added[number] ?? []), `${who}${serial++}`];
        } else await (what === "push" ? repo.push("origin") : repo.fetch("origin"));
      }
      for (let round = 0; round < 2; round++)
        for (const repo of Object.values(sides)) {
          await repo.push("origin");
          await repo.fetch("origin");
        }
      const seen = await Promise.all(
        [sides.ada, sides.bob, await town.open("origin")].map(async repo =>
          (await repo.versions.of("qa")).map(({ commit, note }) => ({ commit, note })),
        ),
      );
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[2]).toEqual(seen[0]);
      for (const [i, { commit }] of seen[0].entries()) {
        const rows = (await rowsOf(sides.ada, "qa", commit)).map(row => row.split(" ")[0]);
        expect(rows).toEqual(expect.arrayContaining(added[i + 1] ?? []));
      }
      for (const who of ["ada", "bob"]) {
        const told = all.filter(deed => deed.who === who && deed.what === "describe");
        for (const number of [1, 2, 3]) {
          const last = told.findLast(deed => deed.number === number);
          expect(seen[0][number - 1].note[who]).toMatchObject(last ? { text: last.text } : {});
        }
      }
    }),
    { numRuns: 8 },
  );
});
