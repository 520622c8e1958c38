/** Every route of the native API, in the order of the document. */
import { datasetRoutes } from "./native/datasets.js";

/** One of them, with all that its type tells. */
export type NativeRoute = (typeof datasetRoutes)[number];

export const allRoutes: readonly NativeRoute[] = [...datasetRoutes];
