/** A content whose columns become others. */
import { fromBlockForm, toBlockForm, type Change } from "@sheaf/core";
import type { Mapping } from "./mapping.js";

/** The changes that make every item as the mapping has it, attributes kept. */
export function remapping(dataset: string, { columns, itemOf }: Mapping): Change[] {
  return [
    {
      dataset,
      items: block => {
        const { item, meta } = fromBlockForm(block);
        return toBlockForm(itemOf(item), meta);
      },
    },
    { dataset, patch: [{ op: "add", path: "/meta/columns", value: [...columns] }] },
  ];
}
