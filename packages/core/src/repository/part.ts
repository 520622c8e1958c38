/** A partial clone: the rows of some datasets are here, those of others are not. Which ones the configuration says. */
import { parseCid, raw, sameDigest, type Cid } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { blockType } from "../history/commit.js";
import { peel } from "../history/revision.js";
import { decode } from "../item/cbor.js";
import { eachLink } from "../store/links.js";
import type { Finding } from "../store/verify.js";
import { isObject, setKey } from "../item/value.js";
import { compareText } from "../text.js";
import { Config } from "./config.js";
import { readCommit, readSnapshot, type Context } from "./context.js";
import { findDataset, noDataset } from "./dataset-tree.js";

/** The datasets whose rows were cloned: their paths as they were then, and whether one of this id is among them. */
export interface Part {
  readonly paths: readonly string[];
  readonly holds: (id: DatasetId) => boolean;
}

/** Under which the configuration keeps path by id. */
const partKey = "clone.datasets";

/** What was cloned of the repository, `undefined` for all of it. */
export async function partOf(context: Context): Promise<Part | undefined> {
  const value = await new Config(context).get(partKey);
  if (value === undefined || !isObject(value)) return undefined;
  const paths = [...new Set(Object.values(value).map(String))].sort(compareText);
  return { paths, holds: (id: DatasetId) => Object.hasOwn(value, id) };
}

/** Says whether only a part was cloned, without reading anything. */
export function isPartial({ store }: Context): boolean {
  return store.absence !== undefined;
}

/** Finds the datasets that stand at these paths in any of the commits; gives path by id. Throws no-such-dataset, where `place` is said to lack it. */
export async function findPart(
  context: Context,
  commits: readonly Cid[],
  paths: readonly string[],
  place: string,
): Promise<Map<DatasetId, string>> {
  const found = new Map<DatasetId, string>();
  const left = new Set(paths);
  for (const cid of commits) {
    const commit = await readCommit(context.store, await peel(context.store, parseCid(cid).digest));
    const snapshot = await readSnapshot(context.store, commit);
    for (const path of paths) {
      const dataset = await findDataset(context.store, snapshot, path);
      if (dataset) found.set(dataset.id, path);
      if (dataset) left.delete(path);
    }
  }
  const [missing] = left;
  if (missing !== undefined) throw noDataset(missing, place);
  return found;
}

/** Notes that the rows of these datasets are here, beside those that are said to be already. */
export async function notePart(
  context: Context,
  found: ReadonlyMap<DatasetId, string>,
  command: string,
): Promise<void> {
  await new Config(context).update(command, all => {
    const before = Object.hasOwn(all, partKey) ? all[partKey] : {};
    setKey(all, partKey, { ...(isObject(before) ? before : {}), ...Object.fromEntries(found) });
  });
  await expectAbsence(context);
}

/** Lets the store say why a block may be missing, where only a part was cloned. */
export async function expectAbsence(context: Context): Promise<void> {
  const part = await partOf(context);
  if (part)
    context.store.absence = `only the rows of ${part.paths.join(", ")} are here, and not those of other datasets nor the files; get more with sheaf fetch --dataset, or clone again without it for all`;
}

/** Says whether verify found missing what a partial clone may lack: rows of datasets that were not cloned, or a file. */
export async function isLeftOut(context: Context, part: Part, { kind, cid, path = [] }: Finding): Promise<boolean> {
  if (kind !== "missing" || cid === undefined) return false;
  for (const above of path) {
    const bytes = await context.store.load(parseCid(above).digest);
    if (blockType(decode(bytes)) === "dataset") return !part.holds(decodeDataset(bytes).id);
  }
  const parent = path[path.length - 1];
  if (parent === undefined) return false;
  const { digest } = parseCid(cid);
  const bytes = await context.store.load(parseCid(parent).digest);
  let isFile = false;
  eachLink(bytes, (_tagAt, at, codec) => {
    if (codec === raw && sameDigest(bytes.subarray(at, at + 32), digest)) isFile = true;
  });
  return isFile;
}
