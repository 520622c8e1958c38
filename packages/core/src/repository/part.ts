/** A partial clone: the rows of some datasets are here, those of others are not. Which ones the configuration says. */
import { parseCid, raw, sameDigest } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { blockType } from "../history/commit.js";
import { decode } from "../item/cbor.js";
import { eachLink } from "../store/links.js";
import type { Finding } from "../store/verify.js";
import { isObject } from "../item/value.js";
import { Config } from "./config.js";
import type { Context } from "./context.js";

/** The datasets whose rows were cloned: their paths as they were then, and whether one of this id is among them. */
export interface Part {
  readonly paths: readonly string[];
  readonly holds: (id: DatasetId) => boolean;
}

/** Under which the configuration keeps path by id. */
export const partKey = "clone.datasets";

/** What was cloned of the repository, `undefined` for all of it. */
export async function partOf(context: Context): Promise<Part | undefined> {
  const value = await new Config(context).get(partKey);
  if (value === undefined || !isObject(value)) return undefined;
  return { paths: Object.values(value).map(String), holds: (id: DatasetId) => Object.hasOwn(value, id) };
}

/** Lets the store say why a block may be missing, where only a part was cloned. */
export async function expectAbsence(context: Context): Promise<void> {
  const part = await partOf(context);
  if (part)
    context.store.absence = `only ${part.paths.join(", ")} was cloned here, and not the rows of other datasets nor the files; clone again with --dataset for each that is wanted, or without it for all`;
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
