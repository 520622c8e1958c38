/** What a version is called: names, descriptions, and the messages of the older generation, which commits what it describes. */
import type { ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { alreadyCommitted, conflict } from "./errors.js";
import { partOf, type Line, type Saved } from "./saved.js";

/** What a request says of the version. */
export interface Names {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Of the older generation. */
  readonly commitMessage?: string | undefined;
}

/** Does what gives names to versions of a dataset: one after another, as two of one name must not come at once. */
export function naming<T>(desk: Desk, path: string, work: () => Promise<T>): Promise<T> {
  return desk.turns(`humanloop names ${path}`).alone(work);
}

/** Throws 409 where another version has the name. */
export function checkFree({ versions }: Line, saved: Saved | undefined, name: string): void {
  if (versions.some(other => other.name === name && other.content !== saved?.content))
    throw conflict(`another version of the dataset has the name ${JSON.stringify(name)}`);
}

/** Checks that a version, one that is there or a new one, may be called so. Throws 409, 422. */
export function checkName(line: Line, saved: Saved | undefined, { name, commitMessage }: Names): void {
  if (name !== undefined) {
    checkFree(line, saved, name);
    if (saved && saved.name !== null && saved.name !== name)
      throw conflict(`the version with these datapoints has the name ${JSON.stringify(saved.name)} already`);
  }
  if (commitMessage !== undefined && saved?.committed) throw alreadyCommitted();
}

/** What the commit of a new version says of it. */
export async function namesOf(call: Call, desk: Desk, names: Names): Promise<ValueObject> {
  return { created_at: nowOf(desk), ...(await changeOf(call, desk, names)) };
}

/** Notes what a request says of a version that was there before. */
export async function noteNames(call: Call, desk: Desk, path: string, saved: Saved, names: Names): Promise<void> {
  const change = await changeOf(call, desk, names);
  const isKnown = Object.entries(change).every(([key, value]) => saved[key as keyof Saved] === value);
  if (!isKnown) await noteVersion(call, desk, path, saved, { ...change, updated_at: nowOf(desk) });
}

/** Writes into the note of a version; `null` clears. Throws 409 for what is no version of the branch. */
export async function noteVersion(
  call: Call,
  desk: Desk,
  path: string,
  { numbers, id }: Saved,
  change: ValueObject,
): Promise<void> {
  await call.permit({ scope: "write", dataset: path });
  if (numbers.length === 0) throw conflict(`${id} is deployed, but no version of the dataset any more`);
  await desk.repo.versions.note(path, numbers[0], note => ({ ...note, humanloop: { ...partOf(note), ...change } }));
}

async function changeOf(call: Call, desk: Desk, { name, description, commitMessage }: Names): Promise<ValueObject> {
  const said = description ?? commitMessage;
  return {
    ...(name === undefined ? {} : { name }),
    ...(said === undefined ? {} : { description: said }),
    ...(commitMessage === undefined ? {} : { committed: await stampNow(call, desk) }),
  };
}

async function stampNow(call: Call, desk: Desk): Promise<ValueObject> {
  const { name, email } = { ...(await desk.repo.context.author()), ...call.author };
  return { at: nowOf(desk), name, email };
}

/** Now, in ISO 8601. */
export function nowOf({ repo }: Desk): string {
  return new Date(repo.context.platform.now()).toISOString();
}
