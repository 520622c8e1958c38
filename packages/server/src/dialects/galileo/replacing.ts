/** A content that becomes another one: an old version with its ids, or a copy of another dataset under new ones. */
import type { DatasetVersion } from "@sheaf/core";
import type { Desk } from "../../desk.js";
import { copiesOf } from "../catalog/batches.js";
import type { Plan } from "../catalog/rewrite.js";
import { freshUuid } from "../catalog/uuid.js";
import { memoryOf } from "./memory.js";
import type { Version } from "./versions.js";

/** The plan that makes the rows of `now` those of an older version; what else is known of the dataset stays. */
export async function rollback(desk: Desk, now: DatasetVersion, wanted: DatasetVersion, at: Version): Promise<Plan> {
  const columns = await memoryOf(desk).columns.of(wanted);
  const { path, block } = now;
  const meta = { op: "replace", path: "/meta", value: { ...block.meta, columns } } as const;
  return {
    changes: [
      { dataset: path, restore: at.commit },
      { dataset: path, patch: [meta] },
    ],
    message: `back to version ${at.number} of ${path}`,
  };
}

/** The plan that makes the content of `now` a copy of another dataset's. */
export async function copying(desk: Desk, _: DatasetVersion, wanted: DatasetVersion, at: Version): Promise<Plan> {
  const { platform } = desk.repo.local();
  const added = copiesOf(wanted, () => freshUuid(platform, 4));
  return {
    changes: [],
    intake: { added, replacing: await memoryOf(desk).columns.of(wanted) },
    message: `copy of version ${at.number} of ${wanted.path}`,
  };
}
