/** Rows that a language model makes, in Galileo's words. */
import { MemoryDrive } from "@sheaf/drives/memory";
import type { ServiceOptions } from "@sheaf/server";
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { content, create, uuid } from "./galileo-client.js";
import { Town } from "./town.js";

const towns: Town[] = [];

interface Steps {
  readonly progress_message: string;
  readonly steps_completed: number;
  readonly steps_total: number;
}

/** A town whose model says what `answer` makes of each prompt. */
async function withModel(answer: (prompt: string) => string): Promise<Town> {
  const model: ServiceOptions["model"] = {
    fetch: async (_, init) => {
      const { messages } = JSON.parse(init.body as string) as { messages: { content: string }[] };
      return Response.json({ choices: [{ message: { content: answer(messages[0].content) } }] });
    },
  };
  const town = await Town.open(new MemoryDrive(), { model });
  await town.repo.config.set("llm.url", "http://model.example.org/v1");
  await town.repo.config.set("llm.model", "small");
  towns.push(town);
  return town;
}

/** Asks until all steps are done, as SDKs do. */
async function polled(town: Town, id: string): Promise<Steps> {
  for (;;) {
    const steps = (await town.ask("GET", `/galileo/datasets/extend/${id}?dataset_id=${id}`)).body as Steps;
    if (steps.steps_completed === steps.steps_total) return steps;
    await new Promise(resolve => setImmediate(resolve));
  }
}

test("a model's rows come into a dataset of their own, as its first version, after as many questions as it takes", async () => {
  const prompts: string[] = [];
  const town = await withModel(prompt => {
    prompts.push(prompt);
    const asked = Number(/exactly (\d+) objects/.exec(prompt)?.[1]);
    return `Here:\n[${Array.from({ length: Math.max(1, asked - 2) }, (_, n) => `{"input":"q${prompts.length}.${n}"}`).join()}]`;
  });
  const source = await create(town, "s", [{ input: "from source" }]);
  const wish = {
    count: 25,
    prompt: "a bank",
    examples: ["given"],
    source_dataset: { dataset_id: source },
    data_types: ["Prompt Injection"],
    prompt_settings: { model_alias: "GPT-4o mini" },
  };
  const { dataset_id: id } = (await town.ask("POST", "/galileo/datasets/extend", wish)).body as { dataset_id: string };
  expect(await polled(town, id)).toEqual({ progress_message: "done", steps_completed: 25, steps_total: 25 });
  const { rows, column_names: columns } = await content(town, id);
  expect([rows.length, columns, rows[0].values, rows[0].metadata]).toEqual([
    25,
    ["input"],
    ["q1.0"],
    expect.objectContaining({ created_in_version: 1 }),
  ]);
  expect((await town.ask("GET", `/galileo/datasets/${id}`)).body).toMatchObject({
    current_version_index: 1,
    num_rows: 25,
  });
  for (const part of ["a bank", "given", "from source", "Prompt Injection"]) expect(prompts[0]).toContain(part);
});

test("a model that says nothing of use ends the asking, with an error that SDKs know", async () => {
  const town = await withModel(() => "I would rather not");
  const { dataset_id: id } = (await town.ask("POST", "/galileo/datasets/extend", { count: 3 })).body as {
    dataset_id: string;
  };
  expect(await polled(town, id)).toMatchObject({
    progress_message: expect.stringContaining("unexpected error") as string,
  });
  expect((await content(town, id)).rows).toEqual([]);
});

test("without a model the wish is refused and no dataset made; what was made before this server began is done", async () => {
  const town = await Town.open();
  const refused = await town.ask("POST", "/galileo/datasets/extend", { count: 3 });
  expect([refused.status, refused.body]).toEqual([
    422,
    { detail: [expect.objectContaining({ msg: expect.stringContaining("llm.url") as string })] },
  ]);
  expect((await town.ask("GET", "/galileo/datasets")).body).toMatchObject({ datasets: [] });
  const id = await create(town, "old", []);
  expect(await polled(town, id)).toMatchObject({ steps_total: 1 });
  expect((await town.ask("GET", `/galileo/datasets/extend/${uuid(1)}`)).status).toBe(404);
  expect((await town.ask("POST", "/galileo/datasets/extend", { count: 0 })).status).toBe(422);
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns, "extension"));
