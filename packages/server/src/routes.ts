/** Every route of the native API, in the order of the document. */
import { columnRoutes } from "./native/columns.js";
import { datasetRoutes } from "./native/datasets.js";
import { jobRoutes } from "./native/jobs.js";

/** One of them, with all that its type tells. */
export type NativeRoute = (typeof datasetRoutes | typeof columnRoutes | typeof jobRoutes)[number];

export const allRoutes: readonly NativeRoute[] = [...datasetRoutes, ...columnRoutes, ...jobRoutes];
