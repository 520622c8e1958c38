/** A content that becomes another one: an old version with its ids, or a copy of another dataset under new ones. */
import {
  decode,
  diffTrees,
  entries,
  fromUtf8,
  linkedDigest,
  pointer,
  splitRowKey,
  type DatasetVersion,
  type Operation,
  type Value,
} from "@sheaf/core";
import type { Desk } from "../../desk.js";
import type { Plan } from "../catalog/rewrite.js";
import { freshUuid } from "../catalog/uuid.js";
import { memoryOf } from "./memory.js";

/** The plan that makes the content of `now` that of `wanted`. */
export async function replacing(
  desk: Desk,
  now: DatasetVersion,
  wanted: DatasetVersion,
  how: "rollback" | "copy",
  number: number,
): Promise<Plan> {
  const patch = how === "rollback" ? await backTo(now, wanted) : await copied(desk, now, wanted);
  const columns = await memoryOf(desk).columns.of(wanted);
  patch.push({ op: "add", path: "/meta/columns", value: columns });
  return {
    changes: [{ dataset: now.path, patch }],
    message:
      how === "rollback" ? `back to version ${number} of ${now.path}` : `copy of version ${number} of ${wanted.path}`,
  };
}

/** What differs in rows, read off the two trees. */
async function backTo(now: DatasetVersion, wanted: DatasetVersion): Promise<Operation[]> {
  const { store, nodes } = now.context;
  const patch: Operation[] = [];
  const put: Operation[] = [];
  for await (const { key, after } of diffTrees(store, now.block.rows, wanted.block.rows, { cache: nodes })) {
    const { id, position } = splitRowKey(key);
    if (!after) {
      patch.push({ op: "remove", path: pointer("items", id) });
      continue;
    }
    const value = decode(await store.load(linkedDigest(after).slice())) as Value;
    put.push(
      { op: "add", path: pointer("items", id), value },
      { op: "add", path: pointer("positions", id), value: position },
    );
  }
  // What goes goes first: a row that moved is one that goes and one that comes.
  return [...patch, ...put];
}

async function copied(desk: Desk, now: DatasetVersion, wanted: DatasetVersion): Promise<Operation[]> {
  const { platform } = desk.repo.local();
  const patch: Operation[] = [];
  for await (const { key } of entries(now.context.store, now.block.ids))
    patch.push({ op: "remove", path: pointer("items", fromUtf8(key)) });
  for await (const { blocks } of wanted.batches())
    for (const block of blocks)
      patch.push({ op: "add", path: pointer("items", freshUuid(platform, 4)), value: decode(block) as Value });
  return patch;
}
