/** Every route of the native API, in the order of the document. */
import { columnRoutes } from "./native/columns.js";
import { datasetRoutes } from "./native/datasets.js";
import { diffRoutes } from "./native/differences.js";
import { draftRoutes } from "./native/drafts.js";
import { editRoutes } from "./native/edit.js";
import { eventRoutes } from "./native/events.js";
import { historyRoutes } from "./native/history.js";
import { jobRoutes } from "./native/jobs.js";
import { mergeRoutes } from "./native/merges.js";
import { branchRoutes, environmentRoutes, tagRoutes } from "./native/refs.js";
import { remoteRoutes } from "./native/remotes.js";
import { rowRoutes } from "./native/row.js";
import { rowsRoutes } from "./native/rows.js";
import { fileRoutes } from "./native/transfer.js";

const routes = [
  ...datasetRoutes,
  ...rowsRoutes,
  ...rowRoutes,
  ...columnRoutes,
  ...fileRoutes,
  ...editRoutes,
  ...historyRoutes,
  ...diffRoutes,
  ...branchRoutes,
  ...tagRoutes,
  ...environmentRoutes,
  ...draftRoutes,
  ...mergeRoutes,
  ...remoteRoutes,
  ...eventRoutes,
  ...jobRoutes,
] as const;

/** One of them, with all that its type tells. */
export type NativeRoute = (typeof routes)[number];

export const allRoutes: readonly NativeRoute[] = routes;
