/** What differs between two versions of a repository, as values: one kind for each thing that people see. */
import type { Cid } from "../block/cid.js";
import type { Value } from "../item/value.js";
import type { RowCounts } from "./dataset-diff.js";
import type { Operation } from "./operation.js";

/** One thing that differs. Datasets go by their path in the newer version, removed ones by the one they had. Items are in the block's form. */
export type Difference =
  | { readonly kind: "dataset-added" | "dataset-removed"; readonly dataset: string; readonly count: number }
  | { readonly kind: "dataset-renamed"; readonly dataset: string; readonly from: string }
  | { readonly kind: "meta-changed"; readonly dataset: string; readonly patch: readonly Operation[] }
  | RowDifference
  | { readonly kind: "file-added" | "file-removed" | "file-changed"; readonly file: string };

/** One row that differs. */
export type RowDifference =
  | {
      readonly kind: "added" | "removed";
      readonly dataset: string;
      readonly id: string;
      readonly position: string;
      readonly item: Value;
      readonly cid: Cid;
    }
  | {
      readonly kind: "changed";
      readonly dataset: string;
      readonly id: string;
      readonly before: Value;
      readonly after: Value;
      /** RFC 6902 on the item. */
      readonly patch: readonly Operation[];
      /** Set when the row moved as well. */
      readonly moved?: { readonly from: string; readonly to: string };
    }
  | {
      readonly kind: "moved";
      readonly dataset: string;
      readonly id: string;
      readonly from: string;
      readonly to: string;
    };

/** Counts of rows per dataset path; a dataset that does not differ is left out. */
export interface DiffStat {
  readonly [dataset: string]: RowCounts;
}
