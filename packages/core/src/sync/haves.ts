/** What the logs of a repository say that it has whole: what its refs name, and everything below (law 4), of all datasets or of some. */
import { parseCid, type Cid, type Digest } from "../block/cid.js";
import { parseJson } from "../item/json.js";
import { isObject, type Value } from "../item/value.js";
import type { Logs } from "../store/logs.js";
import type { Passage } from "./copy.js";
import type { RemoteRef, RemoteRefs } from "./remote.js";

/** The commits and tags that the refs name. */
export async function digestsOf(logs: Logs): Promise<Digest[]> {
  return (await logs.heads("refs/")).flatMap(({ entry: { value } }) =>
    value === null ? [] : [parseCid(value).digest],
  );
}

/** The refs, and the branch that HEAD names. */
export async function namedIn(logs: Logs): Promise<RemoteRefs> {
  const head = (await logs.read("HEAD"))?.value;
  const refs: RemoteRef[] = [];
  for (const { name, entry } of await logs.heads("refs/"))
    if (entry.value !== null) refs.push({ name, value: entry.value, cid: entry.value as Cid });
  return { refs, ...(head?.startsWith("refs/heads/") ? { head } : {}) };
}

/** Which datasets a partial clone holds, by its configuration; `undefined` for a repository that holds all. */
export async function holdsOf(logs: Logs): Promise<Passage["holds"]> {
  const config = (await logs.read("config"))?.value;
  const all = config === null || config === undefined ? {} : parseJson(config);
  const chosen: Value = (isObject(all) && Object.hasOwn(all, "clone.datasets") && all["clone.datasets"]) || null;
  return isObject(chosen) ? id => Object.hasOwn(chosen, id) : undefined;
}
