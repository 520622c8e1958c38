/** Datasets as CSV files: jobs, whose file waits for an hour. */
import { printJson, utf8, type DatasetInfo, type Value, type ValueObject } from "@sheaf/core";
import { empty, json, stream } from "../../answer.js";
import type { Job } from "../../jobs.js";
import { itemOf } from "../../native/row-reader.js";
import type { Route } from "../../route.js";
import { nameOf } from "../catalog/naming.js";
import { isoTime } from "../catalog/time.js";
import { needById } from "./dataset.js";
import { badRequest, notFound } from "./errors.js";
import { memberOf, type At } from "./item-filter.js";
import { readAt, rowsBackwards } from "./item-reader.js";
import { operation, type Ask } from "./operation.js";
import { compact } from "./shape.js";
import { stateOf, type ExportJob } from "./state.js";

const J = "/v1/private/datasets/export-jobs";
/** As long as the server keeps jobs. */
const keptMs = 3_600_000;

export const exportRoutes: readonly Route[] = [
  operation(
    { id: "getDatasetExportJobs", method: "GET", path: J, scope: "read", says: "Lists the exports, newest first." },
    async ask => json(ownJobs(ask).map(job => shown(ask, job))),
  ),
  operation(
    { id: "getDatasetExportJob", method: "GET", path: `${J}/{jobId}`, scope: "read", says: "Says how far one is." },
    async ask => json(shown(ask, needJob(ask))),
  ),
  operation(
    {
      id: "downloadDatasetExport",
      method: "GET",
      path: `${J}/{jobId}/download`,
      scope: "read",
      says: "Gives the file.",
    },
    download,
  ),
  operation(
    {
      id: "markDatasetExportJobViewed",
      method: "PUT",
      path: `${J}/{jobId}/mark-viewed`,
      scope: "read",
      says: "Takes note that somebody looked at it.",
    },
    async ask => {
      const job = needJob(ask);
      job.viewed ??= ask.platform.now();
      return empty();
    },
  ),
  operation(
    {
      id: "startDatasetExport",
      method: "POST",
      path: "/v1/private/datasets/{id}/export",
      scope: "read",
      says: "Begins an export, unless one of this dataset is under way.",
    },
    startExport,
  ),
];

async function startExport(ask: Ask): Promise<Response> {
  const dataset = await needById(ask, ask.uuid("id"));
  const under = ownJobs(ask).find(job => job.dataset === dataset.id && stateOfJob(ask, job)?.state === "running");
  if (under) return json(shown(ask, under));
  const at = await readAt(ask, dataset, undefined);
  const name = fileName(nameOf(dataset));
  const { id: job } = ask.desk.jobs.start("export", ask.call.caller.id, async watch => {
    const content = await ask.desk.spool.take(at ? csvOf(at, watch.signal) : nothing());
    return { result: { name }, file: { name, mediaType: "text/csv", content } };
  });
  const id = ask.ids.fresh(1)[0];
  const kept = {
    id,
    job,
    owner: ask.call.caller.id,
    dataset: dataset.id,
    begun: ask.platform.now(),
    ...namesOf(ask, dataset),
  };
  stateOf(ask.desk).exports.keep(id, kept);
  return json({ ...shown(ask, kept), status: "PENDING" }, { status: 202 });
}

function namesOf(ask: Ask, dataset: DatasetInfo) {
  return { datasetId: ask.ids.ofDataset(dataset), datasetName: nameOf(dataset), author: ask.call.author.name };
}

/** The caller's jobs that the server still knows. */
function ownJobs(ask: Ask): ExportJob[] {
  const all = stateOf(ask.desk).exports.values();
  return all.filter(job => job.owner === ask.call.caller.id && stateOfJob(ask, job) !== undefined).reverse();
}

function stateOfJob({ desk }: Ask, { job, owner }: ExportJob): Job | undefined {
  return desk.jobs.list(owner).find(one => one.id === job);
}

function needJob(ask: Ask): ExportJob {
  const id = ask.uuid("jobId");
  const found = ownJobs(ask).find(job => job.id === id);
  if (!found) throw notFound("Dataset export job not found");
  return found;
}

const statuses = { running: "PROCESSING", done: "COMPLETED", failed: "FAILED", cancelled: "FAILED" } as const;

function shown(ask: Ask, kept: ExportJob): ValueObject {
  const { id, datasetId, datasetName, begun, viewed, author } = kept;
  const job = stateOfJob(ask, kept);
  const ended = job?.finished;
  const isDone = job?.state === "done";
  const time = (ms: number | undefined) => (ms === undefined ? undefined : isoTime(ms / 1000));
  return compact({
    id,
    dataset_id: datasetId,
    dataset_name: datasetName,
    status: statuses[job?.state ?? "failed"],
    file_path: isDone ? `${J}/${id}/download` : undefined,
    error_message: job?.problem?.detail,
    created_at: time(begun),
    last_updated_at: time(ended ?? begun),
    expires_at: isDone && ended !== undefined ? time(ended + keptMs) : undefined,
    viewed_at: time(viewed),
    created_by: author,
  });
}

async function download(ask: Ask): Promise<Response> {
  const kept = needJob(ask);
  const state = stateOfJob(ask, kept)?.state;
  if (state !== "done") throw badRequest(`the export is ${statuses[state ?? "failed"]} and has no file`);
  const file = ask.desk.jobs.file(kept.job, kept.owner);
  return stream(file.content.read(), file.mediaType, {
    "content-length": String(file.content.size),
    "content-disposition": disposition(file.name, `dataset-export-${kept.id}.csv`),
  });
}

function fileName(name: string): string {
  // eslint-disable-next-line no-control-regex
  return `${name.replace(/[\u0000-\u001f\u007f"\\]/g, "")}.csv`;
}

/** A header holds ASCII alone; other characters stand percent-encoded beside. */
function disposition(name: string, fallback: string): string {
  if (name === ".csv") return `attachment; filename="${fallback}"`;
  const ascii = name.replace(/[^\x20-\x7e]/g, "_");
  if (ascii === name) return `attachment; filename="${name}"`;
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The newest version as CSV: the columns are all keys; texts as they are, other values as JSON, what is absent as nothing. */
async function* csvOf(at: At, signal: AbortSignal = new AbortController().signal): AsyncGenerator<Uint8Array> {
  const columns = new Set<string>();
  for await (const { block } of rowsBackwards(at, { signal }))
    for (const key of Object.keys(itemOf(block))) columns.add(key);
  if (columns.size === 0) return;
  yield utf8(line([...columns]));
  for await (const { block } of rowsBackwards(at, { signal })) {
    const item = itemOf(block);
    yield utf8(line([...columns].map(name => cellOf(memberOf(item, name)))));
  }
}

function cellOf(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : printJson(value);
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}
