import fc from "fast-check";
import { expect, test } from "vitest";
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { Columns } from "./columns.js";

const author = () => ({ name: "Server", email: "server@example.org" });

test("columns counted by what differs are those counted anew, whichever way one goes through history", async () => {
  const key = fc.constantFrom("a", "b", "c", "@meta", "__proto__", "@@meta");
  const item = fc.array(key, { maxLength: 3 });
  const versions = fc.array(fc.array(item, { maxLength: 4 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(versions, fc.infiniteStream(fc.nat()), async (tables, picks) => {
      const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
      const dataset = repo.dataset("qa");
      const columns = new Columns();
      for (const rows of tables)
        await dataset.import(
          rows.map(keys => Object.fromEntries(keys.map(name => [name, 1]))),
          { allowEmpty: true, columns: ["z", "b"] },
        );
      const commits: string[] = [];
      for await (const { commit } of repo.log()) commits.push(commit);
      for (const pick of picks.take(6)) {
        const version = await dataset.at(commits[pick % commits.length]);
        expect(await columns.of(version)).toEqual(await new Columns().of(version));
        expect(await columns.of(version)).toEqual((await version.columns()).map(({ name }) => name));
      }
    }),
    { numRuns: 20 },
  );
});
