/** Datasets in and out as files, in every format of the library, plain or gzipped, as streams. */
import { badInput, type Imported, type ImportOptions, type Repository, type Watch } from "@sheaf/core";
import { encodeLinesBeside } from "@sheaf/drives/line-thread";
import { exportBytes, formats, importInto, type Format, type ReadOptions } from "@sheaf/formats";
import { json, stream } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { attachment, fileTypes, gzipType, mediaTypes } from "./file-media.js";
import { accepted, isAsync, jobAnswer, jobQuery } from "./jobs.js";
import { at, commitQuery, committed, dataset, defined } from "./shapes.js";
import { commitOptions, readVersion } from "./version.js";

const tag = "files";

const format = t.Union(formats.map(name => t.Literal(name)));
const cells = {
  delimiter: t.Optional(t.String({ description: "CSV, TSV: what stands between cells, one character" })),
  columns: t.Optional(
    t.Array(t.String(), { description: "CSV, TSV: the columns; importing, of a file without a header" }),
  ),
};

const importQuery = t.Object({
  ...commitQuery,
  ...jobQuery,
  format: t.Optional(format),
  mode: t.Optional(
    t.Union([t.Literal("set"), t.Literal("add"), t.Literal("upsert"), t.Literal("remove")], {
      description:
        "set (default): the dataset becomes the input; add: new rows only; upsert: new and changed rows; remove: the input's rows go",
    }),
  ),
  key: t.Optional(t.Array(t.String(), { description: "fields whose values make the id, joined by /" })),
  dedupe: t.Optional(t.Boolean({ description: "leave out rows equal to an earlier one" })),
  rows: t.Optional(
    t.Boolean({ description: "JSONL, JSON: rows with their ids, positions and attributes (@id, @pos, @meta)" }),
  ),
  records: t.Optional(t.String({ description: "JSON: where the rows stand, such as /data/items" })),
  quotes: t.Optional(t.Boolean({ description: 'CSV, TSV: false takes every " as an ordinary character' })),
  ...cells,
});
type ImportQuery = Static<typeof importQuery>;

const exportQuery = t.Object({
  at,
  format: t.Optional(format),
  rows: t.Optional(
    t.Boolean({ description: "JSONL, JSON: write ids, positions and attributes too (@id, @pos, @meta)" }),
  ),
  lossy: t.Optional(
    t.Boolean({ description: "write what the format can hold and leave the rest; without it a loss is refused" }),
  ),
  gzip: t.Optional(t.Boolean()),
  ...cells,
});

const imported = t.Composite([
  committed,
  t.Object({
    added: t.Integer(),
    changed: t.Integer(),
    removed: t.Integer(),
    unchanged: t.Integer(),
    moved: t.Integer(),
  }),
]);

export const fileRoutes = [
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/import",
      operationId: "importRows",
      tag,
      summary:
        "Imports the rows of a file, read as it comes in, in one commit; the dataset is made when it is not there.",
      description:
        "The format is that of the query, else that of Content-Type, else found out from the first bytes; gzip is found out too. As a job it is answered (202) as soon as all bytes are here, which wait on the server's disk until they are read.",
      scope: "write",
      params: t.Object({ dataset }),
      query: importQuery,
      body: { bytes: [...fileTypes, "application/octet-stream"] },
      answers: { 200: { description: "the commit, and counts of rows", json: imported }, 202: accepted },
    },
    importFile,
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/export",
      operationId: "exportRows",
      tag,
      summary: "Gives all rows as a file, written as it is read.",
      scope: "read",
      params: t.Object({ dataset }),
      query: exportQuery,
      answers: { 200: { description: "the file", bytes: fileTypes } },
    },
    async (call, repo) => {
      const { etag, name, mediaType, write } = await exported(call, repo);
      return stream(write({ signal: call.signal }), mediaType, { etag, ...attachment(name) });
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/export",
      operationId: "startExport",
      tag,
      summary: "Begins a job that writes all rows into a file, to be fetched when the job is done.",
      description:
        "The file waits at /api/v1/jobs/<id>/file for an hour after it was written, and can be fetched in parts. The result tells its name, media type and bytes, and the commit that was read.",
      scope: "read",
      params: t.Object({ dataset }),
      query: exportQuery,
      answers: { 202: accepted },
    },
    startExport,
  ),
] as const;

type ExportCall = Call<{ dataset: string }, Static<typeof exportQuery>>;

/** What an export of this call is: the version is looked up now, so that what is not there is said at once. */
async function exported({ params, query }: ExportCall, repo: Repository) {
  const { commit, etag } = await readVersion(repo, params.dataset, query.at);
  const { format: name = "jsonl", gzip = false } = query;
  return {
    commit,
    etag,
    name: `${params.dataset}.${name}${gzip ? ".gz" : ""}`,
    mediaType: gzip ? gzipType : mediaTypes[name],
    write: (watch: Watch) =>
      exportBytes(repo.dataset(params.dataset), { ...query, at: commit, format: name, gzip, ...watch }),
  };
}

async function startExport(call: ExportCall, repo: Repository, desk: Desk): Promise<Response> {
  const { commit, name, mediaType, write } = await exported(call, repo);
  const job = desk.jobs.start("export", call.caller.id, async watch => {
    const content = await desk.spool.take(write(watch));
    return { result: { name, mediaType, bytes: content.size, commit }, file: { name, mediaType, content } };
  });
  return jobAnswer(job);
}

async function importFile(
  call: Call<{ dataset: string }, ImportQuery>,
  repo: Repository,
  desk: Desk,
): Promise<Response> {
  // A client that forgot the file must not empty the dataset.
  if (call.request.body === null)
    throw badInput("there is no body: send the file; one without rows is a line break, or [] as JSON");
  if (!isAsync(call)) return json(await importBody(call, repo, call.bytes(), { signal: call.signal }));
  formatOf(call);
  const upload = await desk.spool.take(call.bytes());
  try {
    const job = desk.jobs.start("import", call.caller.id, async watch => {
      try {
        return { result: { ...(await importBody(call, repo, upload.read(), watch)) } };
      } finally {
        await upload.drop();
      }
    });
    return jobAnswer(job);
  } catch (error) {
    await upload.drop();
    throw error;
  }
}

function formatOf({ query, request }: Call<unknown, ImportQuery>): Format | undefined {
  return query.format ?? typed(request.headers.get("content-type"));
}

function importBody(
  call: Call<{ dataset: string }, ImportQuery>,
  repo: Repository,
  bytes: AsyncIterable<Uint8Array>,
  watch: Watch,
): Promise<Imported> {
  const { format: _format, mode, key, dedupe, job: _job, branch: _branch, message, ...reading } = call.query;
  const name = formatOf(call);
  const { dataset: path } = call.params;
  const options: ImportOptions = defined({
    ...commitOptions(call),
    ...watch,
    message: message ?? `Import ${path}`,
    mode,
    key,
    dedupe,
  });
  const read = defined({ ...reading, format: name, encodeLines: encodeLinesBeside() }) as ReadOptions;
  return importInto(repo.dataset(path), { file: undefined, open: () => bytes }, read, options);
}

/** The format that a Content-Type names; `undefined` where it names none. Throws bad-input for a form, which is no file. */
function typed(contentType: string | null): Format | undefined {
  const type = contentType?.split(";", 1)[0].trim().toLowerCase() ?? "";
  if (type.startsWith("multipart/")) throw badInput("send the file itself as the body, and not a form with it");
  if (type === "application/jsonl" || type === "application/jsonlines") return "jsonl";
  return formats.find(name => mediaTypes[name] === type);
}
