/** Experiments compared: the items of a dataset that were tried in them, each with what came of it. */
import { isObject, printJson, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import { itemOf } from "../../native/row-reader.js";
import type { Route } from "../../route.js";
import { readThen } from "../catalog/catalog.js";
import { uuidForm } from "../catalog/uuid.js";
import { findById } from "./dataset.js";
import { badRequest, refusedRequest } from "./errors.js";
import { placeOf } from "./experiment.js";
import { allExperiments, itemsOf } from "./experiment-index.js";
import { listOf, runsOf, shownItem } from "./experiment-item.js";
import { elementsIn } from "./fields.js";
import { compareTexts, parseFilters, textOf, type FieldType, type Filter } from "./filter.js";
import { itemFields, memberOf, rowTester, type At, type StoredRow, type WantsRow } from "./item-filter.js";
import { columnsOf, noteTypes, readAt, rowIn, shownColumns, shownRows } from "./item-reader.js";
import { pageOfTexts } from "./items.js";
import { operation, pageOf, pageWords, type Ask } from "./operation.js";
import { groupedBy } from "./shape.js";
import { sortingIn } from "./sorting.js";
import { versionsOf } from "./version-list.js";
import type { KeptRecord } from "./state.js";
import { statsOf } from "./stats.js";

const path = "/v1/private/datasets/{id}/items/experiments/items";
const maxPage = 10_000;

const tried: Readonly<Record<string, FieldType>> = {
  output: "map",
  input: "map",
  metadata: "map",
  duration: "text",
  feedback_scores: "map",
  total_estimated_cost: "text",
  usage: "map",
};

/** An item with the results of its trials. */
interface Entry {
  readonly shown: string;
  readonly at: At;
  readonly row: StoredRow;
  readonly trials: readonly ValueObject[];
}

export const comparisonRoutes: readonly Route[] = [
  operation(
    {
      id: "findDatasetItemsWithExperimentItems",
      method: "GET",
      path,
      scope: "read",
      says: "Gives a page of the items that experiments tried.",
      query: ["page", "size", "experiment_ids", "filters", "sorting", "search", "truncate"],
    },
    compare,
  ),
  operation(
    {
      id: "getDatasetExperimentItemsStats",
      method: "GET",
      path: `${path}/stats`,
      scope: "read",
      says: "Counts and averages what experiments came to.",
      query: ["experiment_ids", "filters"],
    },
    async ask => {
      const entries = await entriesOf(ask, ask.uuid("id"), experimentIds(ask, true));
      return json({ stats: statsOf((await filtered(ask, entries)).flatMap(({ trials }) => trials)) });
    },
  ),
  operation(
    {
      id: "getDatasetItemsOutputColumns",
      method: "GET",
      path: `${path}/output/columns`,
      scope: "read",
      says: "Lists the columns of the outputs of experiments.",
      query: ["experiment_ids"],
    },
    async ask => {
      const own = ask.uuid("id");
      const all = (await allExperiments(ask)).filter(one => one["dataset_id"] === own).map(({ id }) => id);
      const entries = await entriesOf(ask, own, experimentIds(ask, false) ?? all);
      const types = new Map<string, Set<string>>();
      for (const { trials } of entries) for (const trial of trials) noteTypes(types, trial["output"]);
      return json({ columns: shownColumns(types, "output") });
    },
  ),
];

async function compare(ask: Ask): Promise<Response> {
  const page = ask.page();
  if (page.size > maxPage) throw refusedRequest(`query param size must be less than or equal to ${maxPage}`);
  const ids = experimentIds(ask, true);
  const id = ask.uuid("id");
  const entries = sorted(ask, await filtered(ask, await entriesOf(ask, id, ids)));
  const texts = await shownEntries(ask, pageOf(entries, page));
  const dataset = await findById(ask, id);
  const now = dataset ? await readAt(ask, dataset, undefined) : entries.at(0)?.at;
  const columns = now ? await columnsOf(ask, now) : [];
  const rest = { columns, ...pageWords(page, texts.length, entries.length) };
  return pageOfTexts(texts, rest);
}

/** Entries as Opik writes them, in their order; all rows of a version at once. */
async function shownEntries(ask: Ask, entries: readonly Entry[]): Promise<string[]> {
  const texts = new Map<Entry, string>();
  for (const at of new Set(entries.map(entry => entry.at))) {
    const own = entries.filter(entry => entry.at === at);
    const rows = own.map(({ row }) => row);
    const shown = await shownRows(ask, at.version.info, at, rows, ask.flag("truncate"), i =>
      trialMembers(own[i].trials),
    );
    own.forEach((entry, i) => texts.set(entry, shown[i]));
  }
  return entries.map(entry => texts.get(entry) ?? "");
}

function trialMembers(trials: readonly ValueObject[]): string {
  return `,"experiment_items":${printJson([...trials])}${summaries(trials)}`;
}

/** The experiments in the query. Throws 400 for what is no list of ids, and for none where some are needed. */
function experimentIds(ask: Ask, isNeeded: true): string[];
function experimentIds(ask: Ask, isNeeded: false): string[] | undefined;
function experimentIds(ask: Ask, isNeeded: boolean): string[] | undefined {
  const text = ask.query("experiment_ids");
  if (text === undefined && !isNeeded) return undefined;
  const ids = elementsIn(text ?? "") ?? [];
  if (ids.length > 0 && ids.every(id => typeof id === "string" && uuidForm.test(id.toLowerCase())))
    return ids.map(id => textOf(id).toLowerCase());
  throw badRequest("Invalid query param experiment ids", "experiment_ids is to be a JSON list of UUIDs");
}

/** The items that these experiments tried, newest first. Those that are in no version that is read are left out. */
async function entriesOf(ask: Ask, datasetId: string, ids: readonly string[]): Promise<Entry[]> {
  const dataset = await findById(ask, datasetId);
  const versions = dataset ? await versionsOf(ask, dataset) : [];
  const experiments = (await allExperiments(ask)).filter(({ id }) => ids.includes(id));
  const now = dataset && (await readAt(ask, dataset, undefined));
  const found = new Map<string, { row: StoredRow; at: At; trials: ValueObject[] }>();
  for (const experiment of experiments) {
    const linked = versions.find(({ id }) => id === experiment["dataset_version_id"]);
    const isOld = linked !== undefined && linked !== versions.at(-1);
    const then = dataset
      ? await (isOld ? readAt(ask, dataset, linked.hash) : undefined)
      : await placeAt(ask, experiment, datasetId);
    for (const item of await itemsOf(ask, experiment.id)) {
      const shown = textOf(item["dataset_item_id"]);
      const entry = found.get(shown) ?? (await entryAt(ask, then, shown)) ?? (await entryAt(ask, now, shown));
      if (!entry) continue;
      entry.trials.push(await shownItem(ask, item));
      found.set(shown, entry);
    }
  }
  return Array.from(found, ([shown, entry]) => ({ shown, ...entry })).sort((a, b) => (a.shown < b.shown ? 1 : -1));
}

/** The items of a dataset that is gone, as they were when the experiment began. */
async function placeAt(ask: Ask, experiment: KeptRecord, datasetId: string): Promise<At | undefined> {
  const place = experiment["dataset_id"] === datasetId ? placeOf(experiment) : undefined;
  if (!place) return undefined;
  const commit = await ask.repo.resolve(place.commit);
  return { version: await readThen(ask.call, ask.repo, place, { commit }), commit };
}

async function entryAt(ask: Ask, at: At | undefined, shown: string) {
  const id = at && (await ask.ids.find(at.version, shown));
  const row = at && id !== undefined ? await rowIn(at.version, id) : undefined;
  return at && row && { at, row, trials: [] as ValueObject[] };
}

async function filtered(ask: Ask, entries: readonly Entry[]): Promise<Entry[]> {
  const filters = parseFilters(ask.query("filters"), { ...itemFields, ...tried });
  const words = (ask.query("search") ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== "");
  const aboutTrials = filters.filter(({ field }) => Object.hasOwn(tried, field));
  const aboutItems = filters.filter(({ field }) => !Object.hasOwn(tried, field));
  const testers = new Map<At, WantsRow | undefined>();
  for (const at of new Set(entries.map(entry => entry.at))) testers.set(at, await rowTester(ask, at, aboutItems));
  return entries.filter(entry => {
    const wants = testers.get(entry.at);
    if (wants && !wants(entry.row)) return false;
    if (aboutTrials.length > 0 && !entry.trials.some(trial => aboutTrials.every(filter => passes(filter, trial))))
      return false;
    return words.length === 0 || isFound(entry, words);
  });
}

function passes({ field, key, holds }: Filter, trial: ValueObject): boolean {
  if (field === "feedback_scores")
    return holds(listOf(trial[field]).find(score => textOf(score["name"]) === key)?.["value"]);
  const whole = trial[field === "metadata" ? "trace_metadata" : field];
  return holds(key === "" ? whole : memberOf(whole, key));
}

function isFound({ row, trials }: Entry, words: readonly string[]): boolean {
  const texts = [itemOf(row.block), ...trials.flatMap(trial => [trial["input"], trial["output"]])].map(textOf);
  const all = texts.join("\n").toLowerCase();
  return words.some(word => all.includes(word));
}

function sorted(ask: Ask, entries: readonly Entry[]): Entry[] {
  const first = sortingIn(ask.query("sorting")).find(isObject);
  const field = first && typeof first["field"] === "string" ? first["field"] : "";
  const [head, ...rest] = field.split(".");
  const key = rest.join(".");
  if (!["data", "output", "input", "metadata", "feedback_scores"].includes(head) || key === "") return entries.slice();
  const sign = first?.["direction"] === "DESC" ? -1 : 1;
  const valueOf = ({ row, trials }: Entry) => {
    if (head === "data") return textOf(memberOf(itemOf(row.block), key));
    const [trial = {}] = trials;
    if (head === "feedback_scores") return textOf(listOf(trial[head]).find(score => score["name"] === key)?.["value"]);
    return textOf(memberOf(trial[head === "metadata" ? "trace_metadata" : head], key));
  };
  return entries.toSorted((a, b) => sign * compareTexts(valueOf(a), valueOf(b)));
}

/** How many runs of an item passed, by experiment, where assertions were made. */
function summaries(trials: readonly ValueObject[]): string {
  const entries = [...groupedBy(trials, trial => textOf(trial["experiment_id"]))].flatMap(([id, own]) => {
    const runs = runsOf(own);
    return runs ? [[id, runs] as const] : [];
  });
  return entries.length === 0 ? "" : `,"run_summaries_by_experiment":${printJson(Object.fromEntries(entries))}`;
}
