/** Spaces that clients make, as edits: a folder gets a name, another one, or goes with all that is in it. */
import { amended, pointer, type Change, type DatasetInfo, type Operation } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { attributeOf, recordKind } from "../catalog/catalog.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { beginning, recordPath } from "../catalog/records.js";
import { rewrite, type Plan } from "../catalog/rewrite.js";
import { nowTime } from "../catalog/time.js";
import { freshUuid } from "../catalog/uuid.js";
import { conflict, forbidden, invalid } from "./errors.js";
import { nowAttributes } from "./moments.js";
import { madeSpaces, needSpace, placeOf, spaceKind, spacesOf, type MadeSpace, type Space } from "./space.js";

const maxName = 255;
const maxDescription = 1000;

interface InSpace {
  readonly space_id: string;
}

/** Throws 409 for a name that a space has, 422 for one that is none. */
export async function makeSpace(call: Call, desk: Desk, name: string, description: string): Promise<MadeSpace> {
  check(name, description);
  const { platform } = desk.repo.context;
  const record = freshUuid(platform, 7).replaceAll("-", "");
  const created = nowTime(desk.repo);
  const made = { id: btoa(`Space:1:${record}`), record, name, folder: `${name}/`, description, created };
  await write(call, desk, async () => {
    checkFree(await spacesOf(desk), name);
    const changes = await beginning(desk, spaceKind);
    return { changes: [...changes, kept(made)], message: `create space ${name}` };
  });
  return made;
}

/** Changes what the request names; datasets move with their space. Throws as {@link makeSpace}, and 409 for a space that is configured. */
export async function changeSpace(
  call: Call<InSpace>,
  desk: Desk,
  given: { readonly name?: string | null | undefined; readonly description?: string | null | undefined },
): Promise<MadeSpace> {
  if ((given.name ?? given.description ?? null) === null) throw invalid("name or description must be given");
  const before = await needMade(desk, call.params.space_id);
  let changed = before;
  await write(call, desk, async () => {
    const old = await needMade(desk, before.id);
    const { name = old.name, description = old.description } = without(given);
    check(name, description);
    changed = { ...old, name, folder: `${name}/`, description };
    if (name === old.name) return { changes: [kept(changed)], message: `describe space ${name}` };
    checkFree(await spacesOf(desk), name);
    const moves: Change[] = [];
    for (const { path, local } of await within(call, desk, old)) {
      const rename = pathFor(changed.folder + local);
      await call.permit({ scope: "write", dataset: rename });
      moves.push({ dataset: path, rename });
    }
    const attributes = { ...amended, ...nowAttributes(desk) };
    return { changes: [kept(changed), ...moves], message: `rename space ${old.name} to ${name}`, attributes };
  });
  return changed;
}

/** Removes a space and its datasets. Throws 409 for a space that is configured. */
export async function removeSpace(call: Call<InSpace>, desk: Desk): Promise<void> {
  const { id } = await needMade(desk, call.params.space_id);
  await write(call, desk, async () => {
    const { record, name, ...space } = await needMade(desk, id);
    const goes: Operation = { op: "remove", path: pointer("items", record) };
    const inside = await within(call, desk, { name, ...space });
    const changes = inside.map(({ path }): Change => ({ dataset: path, remove: true }));
    return {
      changes: [{ dataset: recordPath(spaceKind), patch: [goes] }, ...changes],
      message: `remove space ${name}`,
    };
  });
}

function write(call: Call, desk: Desk, plan: () => Promise<Plan>) {
  return rewrite(call, desk, recordPath(spaceKind), plan);
}

function kept({ record, name, description, created }: MadeSpace): Change {
  const value = { name, description, created_at: created };
  return { dataset: recordPath(spaceKind), patch: [{ op: "add", path: pointer("items", record), value }] };
}

/** The space that a client made and calls so. Throws 404, and 409 for one that is configured. */
async function needMade(desk: Desk, id: string): Promise<MadeSpace> {
  const { name } = needSpace(await spacesOf(desk), id);
  const made = (await madeSpaces(desk)).find(space => space.id === id);
  if (!made)
    throw conflict(`the space ${JSON.stringify(name)} is the server's own; its setting arize.spaces changes it`);
  return made;
}

/** The datasets of a space, with their names in it. Throws 403, naming none, where one is not the caller's. */
async function within(call: Call, desk: Desk, space: Space): Promise<{ path: string; local: string }[]> {
  const spaces = await spacesOf(desk);
  const inside: DatasetInfo[] = [];
  for await (const dataset of desk.repo.datasets())
    if (
      attributeOf(dataset, "kind") !== recordKind &&
      nameOf(dataset).startsWith(space.folder) &&
      placeOf(spaces, dataset).space.id === space.id
    )
      inside.push(dataset);
  if (!inside.every(({ path }) => call.sees(path)))
    throw forbidden("this token is not for all datasets that the space holds");
  return inside.map(dataset => ({ path: dataset.path, local: placeOf(spaces, dataset).name }));
}

function check(name: string, description: string): void {
  if (name.trim() === "") throw invalid("name must not be blank");
  if (name.length > maxName) throw invalid(`name must have at most ${maxName} characters`);
  if (description.length > maxDescription) throw invalid(`description must have at most ${maxDescription} characters`);
}

function checkFree(spaces: readonly Space[], name: string): void {
  if (spaces.some(space => space.name === name))
    throw conflict(`there is a space called ${JSON.stringify(name)} already`);
}

/** What is given and is not null. */
function without<T extends object>(given: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  ) as never;
}
