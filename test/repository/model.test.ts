/** Commands in random order against a plain in-memory model of a repository, with reopening, gc and repack in between. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commandsOf, type Deed } from "./commands.js";
import * as content from "./content-deeds.js";
import * as history from "./history-deeds.js";
import { compare, Model, World } from "./world.js";

/** More of what makes history. */
const deeds: readonly Deed[] = [
  content.importRows,
  content.importRows,
  content.importRows,
  content.patch,
  content.patch,
  content.insert,
  content.move,
  content.renameColumn,
  content.shapeDatasets,
  history.makeBranch,
  history.makeBranch,
  history.switchBranch,
  history.switchBranch,
  history.shapeBranches,
  history.tag,
  history.environment,
  history.configure,
  history.merge,
  history.merge,
  history.diverge,
  history.diverge,
  history.diverge,
  history.pick,
  history.restore,
  history.undo,
  history.tend,
  history.diffAndApply,
];

/** `SHEAF_RUNS=2000` looks longer. */
const numRuns = Number(process.env["SHEAF_RUNS"] ?? 25);

test("a repository does what its model does, whatever the order of commands", { timeout: numRuns * 6000 }, async () => {
  await fc.assert(
    fc.asyncProperty(commandsOf(deeds, 60), async commands => {
      const model = new Model();
      const world = await new World().open();
      await fc.asyncModelRun(() => ({ model, real: world }), commands);
      await world.open();
      for (const commit of model.ancestors(model.tip)) compare(model.at(commit), await world.read(commit));
      const logged: string[] = [];
      for await (const { commit } of world.repo.log()) logged.push(commit);
      expect(new Set(logged)).toEqual(model.ancestors(model.tip));
      expect(logged).toHaveLength(model.ancestors(model.tip).size);
      for await (const { message } of world.repo.verify()) expect.fail(message);
    }),
    { numRuns, endOnFailure: process.env["SHEAF_SHRINK"] === undefined },
  );
});
