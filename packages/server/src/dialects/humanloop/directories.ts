/** Directories: listed, made, read with what is in them, moved with it, removed when empty. */
import { amended, maxPathBytes, utf8 } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { putRecords, recordPath, removeRecords } from "../catalog/records.js";
import { directoryIds, directoryKind } from "./directory-ids.js";
import { conflict, invalid } from "./errors.js";
import { listed, recordsOf } from "./listing.js";
import { nowOf } from "./naming.js";
import { anyAnswer, folderOf, leafOf, text } from "./shapes.js";
import { directoriesOf, isBelow, needDirectory, withAbove, type Directory } from "./tree.js";

const tag = "directories";
const inDirectory = t.Object({ id: text });
const place = t.Object({ name: maybe(text), parent_id: maybe(text), path: maybe(text) });
type Place = Static<typeof place>;

export const directoryRoutes = [
  route(
    {
      method: "GET",
      path: "/directories",
      operationId: "list_directories_get",
      tag,
      summary: "Lists all directories.",
      scope: "read",
      answers: anyAnswer,
    },
    async (call, _, desk) => json(await recordsIn(desk, await directoriesOf(call, desk))),
  ),
  route(
    {
      method: "POST",
      path: "/directories",
      operationId: "create_directories_post",
      tag,
      summary: "Makes a directory, and those above it.",
      scope: "write",
      body: { json: place },
      answers: { 201: { description: "it is made" } },
    },
    async (call, _, desk) => {
      const wanted = await call.json();
      const all = await directoriesOf(call, desk);
      const path = placeOf(all, undefined, wanted);
      if (all.some(one => one.path === path)) throw taken(path);
      const made = { id: (await directoryIds(desk.repo))(path), path, createdAt: nowOf(desk) };
      await putRecords(call, desk, directoryKind, [{ id: made.id, item: { path, created_at: made.createdAt } }]);
      return json(await recordOf(desk, made), { status: 201 });
    },
  ),
  route(
    {
      method: "GET",
      path: "/directories/{id}",
      operationId: "get_directories__id__get",
      tag,
      summary: "Reads a directory with what is in it, and those above it.",
      scope: "read",
      params: inDirectory,
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const all = await directoriesOf(call, desk);
      const own = needDirectory(all, call.params.id);
      const isIn = (path: string) => path !== "" && folderOf(path) === own.path;
      const entries = await listed(call, desk, { path: own.path, sort_by: "name", order: "asc" });
      const files = entries.filter(({ line }) => isIn(nameOf(line.dataset)));
      const above = own.path === "" ? [] : ["", ...withAbove(folderOf(own.path))];
      return json({
        ...(await recordOf(desk, own)),
        subdirectories: await recordsIn(
          desk,
          all.filter(({ path }) => isIn(path)),
        ),
        files: (await recordsOf(repo, files, { size: files.length })).records,
        parents: await recordsIn(
          desk,
          all.filter(({ path }) => above.includes(path)),
        ),
      });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/directories/{id}",
      operationId: "update_directories__id__patch",
      tag,
      summary: "Moves a directory with all that is in it.",
      scope: "write",
      params: inDirectory,
      body: { json: place },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const wanted = await call.json();
      const all = await directoriesOf(call, desk);
      const own = needDirectory(all, call.params.id);
      if (own.path === "") throw conflict("the root directory stays where it is");
      const path = placeOf(all, own, wanted);
      if (path !== own.path) await move(call, desk, all, own.path, path);
      return json(await recordOf(desk, { ...own, path }));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/directories/{id}",
      operationId: "delete_directories__id__delete",
      tag,
      summary: "Removes a directory, which must be empty.",
      scope: "write",
      params: inDirectory,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      const all = await directoriesOf(call, desk);
      const { id, path } = needDirectory(all, call.params.id);
      if (path === "") throw conflict("the root directory stays");
      const datasets = await desk.catalog.datasets(call);
      const isFull = all.some(one => isBelow(one.path, path)) || datasets.some(one => isBelow(nameOf(one), path));
      if (isFull) throw conflict(`the directory ${JSON.stringify(path)} is not empty`);
      await removeRecords(call, desk, directoryKind, [id]);
      return empty();
    },
  ),
] as const;

function recordsIn(desk: Desk, directories: readonly Directory[]) {
  return Promise.all(directories.map(one => recordOf(desk, one)));
}

async function recordOf(desk: Desk, { id, path, createdAt }: Directory) {
  return {
    id,
    parent_id: path === "" ? null : (await directoryIds(desk.repo))(folderOf(path)),
    name: path === "" ? "root" : leafOf(path),
    path,
    description: null,
    readme: null,
    tags: [],
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** The path that a request gives a directory: whole, or by its name and the directory above; one that a dataset could have. Throws 404, 422. */
function placeOf(all: readonly Directory[], own: Directory | undefined, wanted: Place): string {
  const path = askedPlace(all, own, wanted);
  if (utf8(pathFor(path)).length > maxPathBytes)
    throw invalid(["body", "path"], `a path has at most ${maxPathBytes} bytes`);
  return path;
}

function askedPlace(
  all: readonly Directory[],
  own: Directory | undefined,
  { name, parent_id: above, path }: Place,
): string {
  const given = path?.replace(/^\/+|\/+$/g, "");
  if (given === "") throw invalid(["body", "path"], "a path has at least a name");
  if (given !== undefined && (name === undefined || name === null)) return given;
  const last = name ?? (own && leafOf(own.path));
  if (last === undefined || last === "" || last.includes("/"))
    throw invalid(["body", "name"], "a directory is named by its path, or by a name without a slash");
  const folder = above ? needDirectory(all, above).path : folderOf(given ?? own?.path ?? "");
  return folder === "" ? last : `${folder}/${last}`;
}

/** Moves all datasets of a directory in one commit; it and the directories in it keep their ids. */
async function move(call: Call, desk: Desk, all: readonly Directory[], from: string, to: string): Promise<void> {
  if (isBelow(to, from)) throw conflict("a directory cannot move into itself");
  if (all.some(({ path }) => path === to)) throw taken(to);
  const moved = (path: string) => to + path.slice(from.length);
  const renames = (await desk.catalog.datasets(call))
    .filter(one => isBelow(nameOf(one), from))
    .map(one => ({ dataset: one.path, rename: pathFor(moved(nameOf(one))) }));
  for (const { dataset, rename } of renames) {
    await call.permit({ scope: "write", dataset });
    await call.permit({ scope: "write", dataset: rename });
  }
  const records = all
    .filter(({ path }) => path === from || isBelow(path, from))
    .map(({ id, path, createdAt }) => ({ id, item: { path: moved(path), created_at: createdAt } }));
  // Who may not write records moves datasets all the same; the directories are called otherwise then.
  const keepsIds = await call.permit({ scope: "write", dataset: recordPath(directoryKind) }).then(yes, no);
  const request = { changes: renames, author: call.author, message: `move ${from} to ${to}`, attributes: amended };
  if (renames.length > 0) await desk.edits.edit(request, undefined, call.signal);
  if (keepsIds) await putRecords(call, desk, directoryKind, records);
}

const yes = () => true;
const no = () => false;

function taken(path: string) {
  return conflict(`there is a directory at ${JSON.stringify(path)} already`);
}
