/**
 * The difference of two versions of a dataset as one JSON Patch on its document `{ "meta": …, "items": …, "positions": … }`.
 *
 * Step of the walk: edit. Applied to the one version the patch gives the other, CID for CID (law 2). It is streamed, as it may be as long as the dataset.
 */
import type { BlockReader } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import type { NodeCache } from "../tree/cache.js";
import { diffFullRows, isMoved, type FullRowChange } from "./dataset-diff.js";
import { diffValues } from "./item-diff.js";
import type { Operation } from "./operation.js";
import { pointer } from "./pointer.js";

/**
 * Gives the operations that turn `before` into `after`: metadata first, then rows in dataset order.
 *
 * A new row is `add /items/<id>` and `add /positions/<id>`, a move `replace /positions/<id>`, a change whatever {@link diffValues} says below `/items/<id>`;
 * removing the item of a row removes its position.
 */
export async function* express(
  reader: BlockReader,
  before: DatasetBlock,
  after: DatasetBlock,
  cache?: NodeCache,
): AsyncIterable<Operation> {
  yield* diffValues(before.meta, after.meta).map(operation => under("/meta", operation));
  for await (const change of diffFullRows(reader, before, after, cache)) yield* expressRow(change);
}

function expressRow(change: FullRowChange): Operation[] {
  const { id, before, after, itemBefore, itemAfter } = change;
  const item = pointer("items", id);
  const position = pointer("positions", id);
  if (!after || itemAfter === undefined) return [{ op: "remove", path: item }];
  if (!before || itemBefore === undefined) {
    return [
      { op: "add", path: item, value: itemAfter },
      { op: "add", path: position, value: after.position },
    ];
  }
  const changes =
    itemBefore === itemAfter ? [] : diffValues(itemBefore, itemAfter).map(operation => under(item, operation));
  return isMoved(change) ? [...changes, { op: "replace", path: position, value: after.position }] : changes;
}

/** The same operation on a document in which the value stands at `place`. */
export function under(place: string, operation: Operation): Operation {
  const path = place + operation.path;
  return "from" in operation ? { ...operation, path, from: place + operation.from } : { ...operation, path };
}
