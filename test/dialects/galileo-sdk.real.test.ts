/** The official TypeScript SDKs of Galileo, unchanged, against a server over real HTTP: whole walks, and what came of them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { expectExercised } from "./exercise.js";
import { content, create, edit } from "./galileo-client.js";
import { npmSdk } from "./sdks.js";
import { Town } from "./town.js";

type Call = (...given: readonly unknown[]) => Promise<unknown>;
type Module = Readonly<Record<string, Call>>;

const load = npmSdk("galileo@1.33.1", "galileo-generated@0.2.14");
const minutes = 60_000;
const used = { high: [] as Town[], generated: [] as Town[] };

let town: Town;
let close: () => Promise<void>;

/** Both SDKs read where to go from the environment, once in a process. */
beforeAll(async () => {
  town = await Town.open();
  const listening = await town.listen();
  close = listening.close;
  process.env["GALILEO_API_URL"] = `${listening.url}/galileo`;
  process.env["GALILEO_CONSOLE_URL"] = `${listening.url}/galileo`;
  process.env["GALILEO_API_KEY"] = "any key";
});

afterAll(() => close());

/** What the log says since it was last taken, as a town of its own. */
function taken(): Town {
  return { log: town.log.splice(0) } as unknown as Town;
}

const sdk = async () => (await load("galileo")) as unknown as Module;

test(
  "galileo: a dataset is made, read, added to, its versions looked at, and deleted",
  async () => {
    const galileo = await sdk();
    const made = await galileo["createDataset"]([{ input: "hi", metadata: { k: "v" }, n: 5 }], "My Dataset");
    const { id } = made as { id: string };
    expect(made).toMatchObject({
      name: "My Dataset",
      numRows: 1,
      columnNames: ["input", "metadata", "n"],
      currentVersionIndex: 1,
    });
    expect(await galileo["getDataset"]({ name: "My Dataset" })).toMatchObject({ id });
    expect(await galileo["getDataset"]({ id })).toMatchObject({ id, name: "My Dataset" });
    expect(await galileo["getDatasets"]()).toMatchObject([{ id }]);
    await galileo["addRowsToDataset"]({
      datasetId: id,
      rows: [
        { input: "two", n: 7, none: null },
        { input: "three", metadata: { a: "b" } },
      ],
    });
    await galileo["addRowsToDataset"]({ datasetName: "My Dataset", rows: [{ input: "four" }] });
    const rows = (await galileo["getDatasetContent"]({ datasetId: id })) as {
      index: number;
      valuesDict: object;
      rowId: string;
    }[];
    expect(rows.map(({ valuesDict }) => valuesDict)).toEqual([
      { input: "hi", metadata: '{"k":"v"}', n: 5, none: null },
      { input: "two", metadata: null, n: "7", none: null },
      { input: "three", metadata: '{"a":"b"}', n: null, none: null },
      { input: "four", metadata: null, n: null, none: null },
    ]);
    expect(await galileo["getDatasetVersionHistory"]({ datasetId: id })).toMatchObject({
      versions: [
        { versionIndex: 3, rowsAdded: 1 },
        { versionIndex: 2, rowsAdded: 2, columnsAdded: 1 },
        { versionIndex: 1, rowsAdded: 1 },
      ],
    });
    const first = (await galileo["getDatasetVersion"]({ datasetId: id, versionIndex: 1 })) as {
      rows: { rowId: string }[];
    };
    expect(first.rows.map(({ rowId }) => rowId)).toEqual([rows[0].rowId]);
    expect(await galileo["getRecordsForDataset"]({ datasetId: id })).toHaveLength(4);
    expect(town.repo.dataset("My Dataset")).toBeDefined();
    await galileo["deleteDataset"]({ name: "My Dataset" });
    await expect(galileo["getDataset"]({ id })).rejects.toThrow(/not found/i);
    used.high.push(taken());
  },
  minutes,
);

test(
  "galileo: datasets of a project, of files, of many rows",
  async () => {
    const galileo = await sdk();
    const project = (await galileo["createProject"]("P")) as { id: string };
    const lines = Array.from({ length: 250 }, (_, n) => ({ input: `q${n}`, output: `a${n}` }));
    const { id } = (await galileo["createDataset"]({ name: "many", content: lines, projectName: "P" })) as {
      id: string;
    };
    expect(await galileo["getDatasets"]({ projectName: "P" })).toMatchObject([{ id, projectCount: 1 }]);
    expect(await galileo["getDataset"]({ id, projectName: "P" })).toMatchObject({ id });
    expect(await galileo["listDatasetProjects"]({ datasetId: id })).toMatchObject([{ id: project.id, name: "P" }]);
    const rows = (await galileo["getDatasetContent"]({ datasetName: "many" })) as { valuesDict: object }[];
    expect(rows.map(({ valuesDict }) => valuesDict)).toEqual(lines);
    await expect(galileo["createDataset"](lines, "many")).rejects.toThrow(/409|already exists/);
    const all = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) =>
        galileo["addRowsToDataset"]({ datasetId: id, rows: [{ input: `new ${n}` }] }),
      ),
    );
    const kept = all.filter(({ status }) => status === "fulfilled").length;
    expect(kept).toBeGreaterThan(0);
    expect((await town.repo.dataset("many").info()).count).toBe(250 + kept);
    used.high.push(taken());
  },
  minutes,
);

test(
  "galileo: what its logger and its experiments send is kept, and becomes rows",
  async () => {
    const galileo = await sdk();
    const Logger = galileo["GalileoLogger"] as unknown as new (options: object) => {
      startSession: (options: object) => Promise<string>;
      startTrace: (options: object) => { id: string };
      addLlmSpan: (options: object) => { id: string };
      addToolSpan: (options: object) => unknown;
      addWorkflowSpan: (options: object) => unknown;
      conclude: (options: object) => void;
      flush: () => Promise<unknown>;
    };
    const project = (await galileo["createProject"]("L")) as { id: string };
    const logger = new Logger({ projectName: "L", logStreamName: "default" });
    const session = await logger.startSession({ name: "s", externalId: "e1" });
    expect(await logger.startSession({ externalId: "e1" })).toBe(session);
    const trace = logger.startTrace({ input: "2+2?", name: "sum", metadata: { user: "u1" } });
    const span = logger.addLlmSpan({ input: "2+2?", output: "4", model: "m", durationNs: 5 });
    logger.addWorkflowSpan({ input: "plan", name: "plan" });
    logger.addToolSpan({ input: "in", output: "out", name: "t" });
    logger.conclude({ output: "planned" });
    logger.conclude({ output: "4", durationNs: 10 });
    await logger.flush();
    const found = await galileo["getTraces"]({ projectId: project.id });
    expect(found).toMatchObject({ records: [{ id: trace.id, input: "2+2?", output: "4", sessionId: session }] });
    expect((await galileo["getSpans"]({ projectId: project.id })) as object).toMatchObject({ records: [{}, {}, {}] });
    const id = await create(town, "logged", []);
    const copy = { edit_type: "copy_record_data", ids: [trace.id, span.id], prepend: false };
    expect((await edit(town, id, [copy])).status).toBe(204);
    expect((await content(town, id)).rows.map(({ values_dict: cells }) => cells)).toMatchObject([
      { input: "2+2?", output: "4", metadata: { user: "u1" } },
      { output: { role: "assistant", content: "4" } },
    ]);
    const dataset = await galileo["createDataset"]([{ input: "a", output: "A" }, { input: "b" }], "tried");
    const tried = { name: "e", dataset, projectName: "L", function: async (given: unknown) => JSON.stringify(given) };
    const { experiment } = (await galileo["runExperiment"](tried)) as { experiment: { id: string } };
    await galileo["runExperiment"]({ ...tried, experimentTags: { k: "v" } });
    expect(await galileo["getExperiments"]("L")).toMatchObject([{ id: experiment.id, name: "e" }, {}]);
    expect(await galileo["getTraces"]({ projectId: project.id, experimentId: experiment.id })).toMatchObject({
      records: [{}, {}],
    });
    used.high.push(taken());
  },
  minutes,
);

test(
  "galileo-generated: every method of its datasets",
  async () => {
    const { GalileoGenerated } = (await load("galileo-generated")) as unknown as {
      GalileoGenerated: new (options?: object) => { datasets: Module };
    };
    const { datasets } = new GalileoGenerated();
    const security = { apiKeyHeader: "any key" };
    const ask = (method: string, request: object = {}) => {
      const name = Object.getOwnPropertyNames(Object.getPrototypeOf(datasets)).find(one => one.startsWith(method));
      return datasets[name ?? method](security, request);
    };
    const file = new Blob(['{"input":"a","firstName":"x"}\n{"input":"b"}\n']);
    const { id } = (await ask("createDatasetDatasets", { format: "jsonl", body: { name: "gen", file } })) as {
      id: string;
    };
    expect(await ask("getDatasetDatasets", { datasetId: id })).toMatchObject({ id, name: "gen", numRows: 2 });
    expect(await ask("listDatasetsDatasets")).toMatchObject({
      datasets: expect.arrayContaining([expect.objectContaining({ id })]) as unknown,
    });
    expect(
      await ask("queryDatasetsDatasets", { body: { filters: [{ name: "name", operator: "eq", value: "gen" }] } }),
    ).toMatchObject({ datasets: [{ id }] });
    const page = (await ask("getDatasetContentDatasets", { datasetId: id })) as {
      rows: { rowId: string; valuesDict: object }[];
    };
    expect(page.rows[0].valuesDict).toEqual({ input: "a", firstName: "x" });
    const [first, second] = page.rows.map(({ rowId }) => rowId);
    const edits = [
      { editType: "prepend_row", values: { input: "top" } },
      { editType: "update_row", rowId: first, values: { input: "changed" } },
      { editType: "delete_row", rowId: second },
      { editType: "append_row", values: { input: "end" } },
    ];
    const { headers } = (await ask("updateDatasetContentDatasets", { datasetId: id, body: { edits } })) as {
      headers: Record<string, string[]>;
    };
    const [etag] = headers["etag"];
    await expect(
      ask("updateDatasetContentDatasets", { datasetId: id, ifMatch: "stale", body: { edits } }),
    ).rejects.toThrow();
    const append = { edits: [{ editType: "append_row", values: { input: "bound" } }] };
    await ask("updateDatasetContentDatasets", { datasetId: id, ifMatch: etag, body: append });
    const query = {
      filters: [{ columnName: "input", value: "b", operator: "contains" }],
      sort: { columnName: "input", ascending: false },
    };
    expect(await ask("queryDatasetContentDatasets", { datasetId: id, body: query })).toMatchObject({
      rows: [{ values: ["bound", null] }],
    });
    expect(await ask("queryDatasetVersionsDatasets", { datasetId: id, body: {} })).toMatchObject({
      versions: [{ versionIndex: 3 }, {}, {}],
    });
    expect(
      await ask("updateDatasetVersionDatasets", { datasetId: id, versionIndex: 1, body: { name: "v1" } }),
    ).toMatchObject({ name: "v1" });
    await ask("upsertDatasetContentDatasets", { datasetId: id, body: { rollbackVersion: 1 } });
    const old = (await ask("getDatasetVersionContentDatasets", { datasetId: id, versionIndex: 1 })) as {
      rows: { rowId: string }[];
    };
    const back = (await ask("getDatasetContentDatasets", { datasetId: id })) as { rows: { rowId: string }[] };
    expect(back.rows.map(({ rowId }) => rowId)).toEqual(old.rows.map(({ rowId }) => rowId));
    expect(await ask("downloadDatasetDatasets", { datasetId: id })).toEqual([
      { input: "a", firstName: "x" },
      { input: "b", firstName: null },
    ]);
    const others = { output: null, generatedOutput: null, metadata: null };
    const mapping = { columnMapping: { input: { columns: ["firstName"], flatten: true }, ...others } };
    expect(await ask("previewDatasetDatasets", { datasetId: id, body: mapping })).toMatchObject({
      columnNames: ["input"],
      rows: [{ values: ["x"] }, {}],
    });
    expect(await ask("listDatasetProjectsDatasets", { datasetId: id })).toMatchObject({ projects: [] });
    expect(await ask("listUserDatasetCollaborators", { datasetId: id })).toMatchObject({
      collaborators: [{ role: "owner" }],
    });
    expect(
      await ask("createUserDatasetCollaborators", { datasetId: id, body: [{ userEmail: "a@example.org" }] }),
    ).toMatchObject([{ role: "viewer" }]);
    expect(await ask("listGroupDatasetCollaborators", { datasetId: id })).toMatchObject({ collaborators: [] });
    expect(await ask("updateDatasetDatasets", { datasetId: id, body: { name: "renamed" } })).toMatchObject({
      id,
      name: "renamed",
    });
    await ask("deleteDatasetDatasets", { datasetId: id });
    const copy = (await ask("createDatasetDatasets", { body: { name: "empty" } })) as { id: string };
    expect(await ask("bulkDeleteDatasets", { datasetIds: [copy.id, id] })).toMatchObject({
      deletedCount: 1,
      failedDeletions: [{ datasetId: id }],
    });
    used.generated.push(taken());
  },
  minutes,
);

test("the operations that were used, and a repository that is sound", async () => {
  expect(await findings(town.repo)).toEqual([]);
  await expectExercised("galileo", "npm galileo@1.33.1", used.high);
  await expectExercised("galileo", "npm galileo-generated@0.2.14", used.generated);
});
