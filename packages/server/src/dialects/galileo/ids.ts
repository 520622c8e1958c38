/** What Galileo calls datasets and rows: UUIDs. */
import type { DatasetInfo, Platform } from "@sheaf/core";
import { t } from "../../schema.js";
import type { IdForm } from "../catalog/row-ids.js";
import { madeUuid, uuidForm } from "../catalog/uuid.js";

export const uuid = t.String({ pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" });

/** A dataset's UUID: its own id, which is 32 hex digits, dressed as version 4. */
export function datasetUuid({ id }: Pick<DatasetInfo, "id">): string {
  const variant = "89ab"[parseInt(id[16], 16) & 3];
  return [id.slice(0, 8), id.slice(8, 12), `4${id.slice(13, 16)}`, variant + id.slice(17, 20), id.slice(20)].join("-");
}

/** A row shows its own id where that is a UUID. */
export function rowForm(platform: Platform): IdForm {
  return {
    fits: id => uuidForm.test(id),
    make: (datasetId, id) => madeUuid(platform, 4, ["galileo row", datasetId, id]),
  };
}
