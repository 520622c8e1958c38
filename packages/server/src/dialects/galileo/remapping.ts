/** A content whose columns become others. */
import {
  decode,
  fromBlockForm,
  pointer,
  toBlockForm,
  type DatasetVersion,
  type Operation,
  type ValueObject,
} from "@sheaf/core";
import type { Mapping } from "./mapping.js";

/** The patch that puts every item as the mapping makes it, attributes kept. */
export async function remapping(version: DatasetVersion, { columns, itemOf }: Mapping): Promise<Operation[]> {
  const patch: Operation[] = [];
  for await (const { ids, blocks } of version.batches())
    for (let i = 0; i < ids.length; i++) {
      const { item, meta } = fromBlockForm(decode(blocks[i]) as ValueObject);
      patch.push({ op: "replace", path: pointer("items", ids[i]), value: toBlockForm(itemOf(item), meta) });
    }
  patch.push({ op: "add", path: "/meta/columns", value: [...columns] });
  return patch;
}
