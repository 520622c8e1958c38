import type { DatasetInfo } from "@sheaf/core";
import type { Ask } from "./operation.js";

export function statusOf(_ask: Ask, _dataset: DatasetInfo): string | undefined {
  return undefined;
}
