/** One row: read, put, patched, removed; rows added beside others, and many at once. */
import {
  parsePatch,
  parsePointer,
  pointer,
  printCid,
  badInput,
  SheafError,
  toBlockForm,
  type Operation,
  type Repository,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { empty, json, jsonText } from "../answer.js";
import type { Call } from "../call.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { edit, editAnswers, edited } from "./edits.js";
import { rowIdOf, rowParams, rowQuery, rowSegment } from "./row-id.js";
import { rowText } from "./row-reader.js";
import { anyObject, at, dataset, editQuery, fields, row } from "./shapes.js";
import { isKnown, readVersion } from "./version.js";

const tag = "rows";
const path = "/api/v1/datasets/{dataset}/rows/{id}";
const params = rowParams;
const edits = t.Object({ ...editQuery, ...rowQuery });
const content = { item: anyObject, meta: t.Optional(anyObject) };
const itemPatch = t.Array(anyObject, {
  $id: "ItemPatch",
  description: "a JSON Patch (RFC 6902) whose paths begin at the item",
  examples: [[{ op: "replace", path: "/answer", value: "4" }]],
});
const rowBase =
  "If-Match with the row's ETag refuses it (412) where the row's item changed since; with merge it is merged into the newest version.";

export const rowRoutes = [
  route(
    {
      method: "GET",
      path,
      operationId: "getRow",
      tag,
      summary: "Gives one row.",
      scope: "read",
      params,
      query: t.Object({ at, ...rowQuery }),
      answers: { 200: { description: "the row", json: row }, 304: { description: "it is what the client has" } },
    },
    getRow,
  ),
  route(
    {
      method: "PUT",
      path,
      operationId: "putRow",
      tag,
      summary: "Puts a row: its item and attributes become these; a new row comes last.",
      description: rowBase,
      scope: "write",
      params,
      query: edits,
      body: { json: fields(content) },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { dataset: name } = call.params;
      const id = rowIdOf(call);
      const patch = [put(id, await call.json())];
      return json(await edit(call, desk, [{ dataset: name, patch }], [id]));
    },
  ),
  route(
    {
      method: "PATCH",
      path,
      operationId: "patchRow",
      tag,
      summary: "Applies a JSON Patch to the item of a row; pointers begin at the item.",
      description: `${rowBase} For attributes, patch the dataset at /items/<id>/@meta.`,
      scope: "write",
      params,
      query: edits,
      body: { json: itemPatch, mediaType: "application/json-patch+json" },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { dataset: name } = call.params;
      const id = rowIdOf(call);
      const patch = parsePatch((await call.json()) as Value).map((operation, i) => inItem(id, operation, i));
      return json(await edit(call, desk, [{ dataset: name, patch }], [id]));
    },
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "removeRow",
      tag,
      summary: "Removes a row; it stays in the history.",
      description: rowBase,
      scope: "write",
      params,
      query: edits,
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { dataset: name } = call.params;
      const id = rowIdOf(call);
      const patch: Operation[] = [{ op: "remove", path: pointer("items", id) }];
      return json(await edit(call, desk, [{ dataset: name, patch }], [id]));
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/rows",
      operationId: "addRow",
      tag,
      summary: "Adds a row at the end, or right before or behind another one; without an id one is made.",
      scope: "write",
      params: t.Object({ dataset }),
      query: t.Object(editQuery),
      body: {
        json: fields({
          ...content,
          id: t.Optional(t.String()),
          before: t.Optional(t.String({ description: "id of the row that is to follow" })),
          after: t.Optional(t.String({ description: "id of the row that is to stand in front" })),
        }),
      },
      answers: {
        201: {
          description: "it was added; Location is where it is",
          json: t.Composite([edited, t.Object({ id: t.String() })]),
        },
      },
    },
    async (call, _, desk) => {
      const { id, before, after, ...what } = await call.json();
      if (before !== undefined && after !== undefined) throw badInput("a row stands before or after another, not both");
      const beside = before !== undefined ? { before } : after !== undefined ? { after } : undefined;
      const row = { insert: blockOf(what), ...(id === undefined ? {} : { id }), ...(beside ? { beside } : {}) };
      const { dataset: name } = call.params;
      const added = await edit(call, desk, [{ dataset: name, ...row }]);
      const given = id ?? added.made[0];
      const location = `/api/v1/datasets/${encodeURIComponent(name)}/rows/${rowSegment(given)}`;
      return json({ ...added, id: given }, { status: 201, headers: { location } });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/move`,
      operationId: "moveRow",
      tag,
      summary: "Puts a row right before or right behind another one.",
      scope: "write",
      params,
      description:
        "If-Match refuses it (412) where the dataset changed since; with merge it is made on that version and merged into the newest.",
      query: edits,
      body: { json: t.Union([fields({ before: t.String() }), fields({ after: t.String() })]) },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { dataset: name } = call.params;
      return json(await edit(call, desk, [{ dataset: name, move: rowIdOf(call), beside: await call.json() }]));
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/batch",
      operationId: "editRows",
      tag,
      summary: "Puts and removes many rows in one commit: all of them or none.",
      scope: "write",
      params: t.Object({ dataset }),
      query: t.Object(editQuery),
      body: {
        json: fields(
          {
            upsert: t.Optional(
              t.Array(
                fields({
                  ...content,
                  id: t.Optional(t.String({ description: "without it the row is appended and an id made" })),
                }),
              ),
            ),
            remove: t.Optional(t.Array(t.String(), { description: "ids of rows to remove" })),
          },
          { examples: [{ upsert: [{ id: "q7", item: { answer: "4" } }], remove: ["q8"] }] },
        ),
      },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { upsert = [], remove = [] } = await call.json();
      const patch: Operation[] = [
        ...upsert.map(({ id, ...what }): Operation => put(id ?? "-", what)),
        ...remove.map((id): Operation => ({ op: "remove", path: pointer("items", id) })),
      ];
      return json(await edit(call, desk, [{ dataset: call.params.dataset, patch }]));
    },
  ),
] as const;

interface Content {
  readonly item: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
}

function blockOf({ item, meta }: Content): ValueObject {
  return toBlockForm(item as ValueObject, meta as ValueObject | undefined);
}

function put(id: string, what: Content): Operation {
  return { op: "add", path: pointer("items", id), value: blockOf(what) };
}

/** The operation on the dataset's document. Throws bad-input for one on the item as a whole, which attributes belong to as well. */
function inItem(id: string, operation: Operation, index: number): Operation {
  const moved = { ...operation, path: placeInItem(id, operation.path, index) };
  return "from" in operation ? ({ ...moved, from: placeInItem(id, operation.from, index) } as Operation) : moved;
}

function placeInItem(id: string, path: string, operation: number): string {
  const [first, ...rest] = parsePointer(path, { operation });
  if (first === undefined)
    throw badInput("this replaces the whole item; put the row instead", { operation, pointer: path });
  const [key] = Object.keys(toBlockForm({ [first]: null }));
  return pointer("items", id, key, ...rest);
}

async function getRow(
  call: Call<{ dataset: string; id: string }, { at?: string; row?: string }>,
  repo: Repository,
): Promise<Response> {
  const { params, query, request } = call;
  const { dataset: name } = params;
  const id = rowIdOf(call);
  const { version, commit } = await readVersion(repo, name, query.at);
  const found = await version.stored(id);
  if (!found)
    throw new SheafError("no-such-item", { dataset: name, id }, `there is no row ${JSON.stringify(id)} in ${name}`);
  const etag = `"${printCid(found.digests[0])}.${commit}"`;
  return isKnown(request, etag) ? empty(304, { etag }) : jsonText(rowText(found, 0), { etag });
}
