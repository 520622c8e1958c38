/** Three people and a middle repository, at random: whatever they do and in which order, no row is lost, and in the end all hold the same. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Repository } from "@sheaf/core";
import { findings, rowsOf, Town } from "./town.js";

const people = ["ada", "bob", "eve"] as const;

/** What a person does next. Rows are added under names of their own, or one of a few that all know is changed. */
type Deed =
  | { readonly kind: "add"; readonly who: number }
  | { readonly kind: "change"; readonly who: number; readonly row: number }
  | { readonly kind: "push" | "fetch" | "pull" | "rebase" | "tend"; readonly who: number };

const who = fc.nat(people.length - 1);
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("add" as const), who }),
    fc.record({ kind: fc.constant("change" as const), who, row: fc.nat(4) }),
    fc.record({ kind: fc.constantFrom("push" as const, "fetch" as const, "pull" as const, "rebase" as const), who }),
    fc.record({ kind: fc.constantFrom("push" as const, "pull" as const, "tend" as const), who }),
  ),
  { minLength: 10, maxLength: 30 },
);

class World {
  readonly town = new Town();
  readonly #people: Repository[] = [];
  /** Rows that were added, whoever did it. */
  readonly added: string[] = [];
  #next = 0;

  async begin(): Promise<void> {
    await this.town.open("middle");
    const first = await this.town.open("ada");
    await first.addRemote("origin", "mem:middle");
    const rows = Array.from({ length: 5 }, (_, n) => ({ id: `shared${n}`, text: "at first", by: "nobody" }));
    await first.dataset("qa").import(rows, { key: "id" });
    await first.push("origin", ["main"], { setUpstream: true });
    this.#people.push(first);
    for (const name of people.slice(1)) this.#people.push(await this.town.clone("middle", name));
  }

  async act({ kind, who: index, ...rest }: Deed): Promise<void> {
    const person = this.#people[index];
    const qa = person.dataset("qa");
    if (kind === "add") {
      const id = `own${this.#next++}`;
      await qa.patch([{ op: "add", path: `/items/${id}`, value: { id, by: people[index] } }]);
      this.added.push(id);
    } else if (kind === "change" && "row" in rest) {
      const value = `${people[index]} ${this.#next++}`;
      await qa.patch([{ op: "replace", path: `/items/shared${rest.row}/text`, value }]);
    } else if (kind === "push") await person.push(undefined, undefined, { partial: true });
    else if (kind === "fetch") await person.fetch();
    else if (kind === "tend") await person.repack({ all: true });
    else await this.pull(index, kind === "rebase");
  }

  async pull(index: number, rebase: boolean): Promise<void> {
    await this.#people[index].pull({ rebase, resolve: () => "theirs" });
  }

  /** Everybody takes in what the others have, until nothing is left to push. */
  async settle(): Promise<void> {
    for (let round = 0; round < 2; round++)
      for (const index of people.keys()) {
        await this.pull(index, false);
        await this.#people[index].push();
      }
    for (const index of people.keys()) await this.pull(index, false);
  }

  get all(): readonly Repository[] {
    return this.#people;
  }
}

test("no row is lost, all agree in the end, and everybody's repository is whole", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async list => {
      const world = new World();
      await world.begin();
      for (const deed of list) await world.act(deed);
      await world.settle();
      const middle = await world.town.open("middle");
      const rows = await rowsOf(middle);
      for (const id of world.added) expect(rows.filter(row => row.startsWith(`${id} `))).toHaveLength(1);
      for (const repository of [middle, ...world.all]) {
        expect(await repository.resolve("main")).toBe(await middle.resolve("main"));
        expect(await findings(repository)).toEqual([]);
      }
    }),
    { numRuns: Number(process.env["SHEAF_RUNS"] ?? 5) },
  );
});
