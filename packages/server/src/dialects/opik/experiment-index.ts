import type { DatasetInfo } from "@sheaf/core";
import type { Ask } from "./operation.js";

export async function experimentsOf(_ask: Ask, _dataset: DatasetInfo): Promise<{ count: number; newest?: string }> {
  return { count: 0 };
}
