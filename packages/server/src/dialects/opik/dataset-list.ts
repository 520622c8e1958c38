/** Lists of datasets: by name, project and filters, sorted, page by page. */
import type { DatasetInfo, Value, ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import { nameOf } from "../catalog/naming.js";
import { shownDataset } from "./dataset.js";
import { isLike, parseFilters, type Holds } from "./filter.js";
import { pageOf, pageWords, type Ask } from "./operation.js";
import { projectOf } from "./projects.js";
import { opikOf } from "./ids.js";
import { parseSorting } from "./sorting.js";

export const listQuery = [
  "page",
  "size",
  "name",
  "project_id",
  "prompt_id",
  "with_experiments_only",
  "with_optimizations_only",
  "sorting",
  "filters",
] as const;

const sortable = [
  "id",
  "name",
  "description",
  "tags",
  "created_at",
  "last_updated_at",
  "created_by",
  "last_updated_by",
  "last_created_experiment_at",
  "last_created_optimization_at",
];

/** Fields that are known without a look at a dataset's versions. */
const cheap = ["id", "name", "description", "tags", "type"];

export async function listDatasets(ask: Ask, project: string | undefined): Promise<Response> {
  const page = ask.page();
  const sorting = parseSorting(ask.query("sorting"), sortable);
  const { holds, fields } = datasetFilters(ask.query("filters"));
  if (ask.flag("with_optimizations_only") || ask.query("prompt_id") !== undefined)
    return json({ content: [], ...pageWords(page, 0, 0, sortable) });
  const isNamed = likeName(ask.query("name"));
  const found = (await ask.desk.catalog.datasets(ask.call)).filter(
    dataset => isNamed(nameOf(dataset)) && (project === undefined || projectOf(ask.platform, dataset) === project),
  );
  const isExperimentsOnly = ask.flag("with_experiments_only");
  const isCheap = !isExperimentsOnly && [...fields, sorting.field].every(field => cheap.includes(field));
  const show = (dataset: DatasetInfo) => (isCheap ? shownCheaply(ask, dataset) : shownDataset(ask, dataset));
  const entries = await Promise.all(found.map(async dataset => ({ dataset, shown: await show(dataset) })));
  const wanted = entries
    .filter(({ shown }) => holds(shown) && (!isExperimentsOnly || Number(shown["experiment_count"]) > 0))
    .sort((a, b) => sorting.compare(a.shown, b.shown));
  const content = await Promise.all(
    pageOf(wanted, page).map(async ({ dataset, shown }) => (isCheap ? shownDataset(ask, dataset) : shown)),
  );
  return json({ content, ...pageWords(page, content.length, wanted.length, sortable) });
}

function shownCheaply(ask: Ask, dataset: DatasetInfo): ValueObject {
  const { tags, type = "dataset" } = opikOf(dataset);
  return {
    id: ask.ids.ofDataset(dataset),
    name: nameOf(dataset),
    description: dataset.meta["description"] ?? null,
    tags: (tags ?? []) as Value,
    type: type as Value,
  };
}

/** A name that holds this text, whatever its case; `%` stands for any text, `_` for any character. */
function likeName(text: string | undefined): (name: string) => boolean {
  if (text === undefined || text === "") return () => true;
  const pattern = `%${text.toLowerCase()}%`;
  return name => isLike(name.toLowerCase(), pattern);
}

const datasetFields = {
  id: "text",
  name: "text",
  description: "text",
  tags: "text",
  created_by: "text",
  last_updated_by: "text",
  created_at: "date",
  last_updated_at: "date",
  last_created_experiment_at: "date",
  last_created_optimization_at: "date",
  type: "enum",
} as const;

function datasetFilters(text: string | undefined): { holds: Holds<ValueObject>; fields: string[] } {
  const filters = parseFilters(text, datasetFields, "all");
  return {
    holds: dataset => filters.every(({ field, holds }) => holds(dataset[field])),
    fields: filters.map(({ field }) => field),
  };
}
