/** Opik: its dataset API for its own SDKs. What it knows and Sheaf has no word for stands under `opik` in attributes and notes. */
import type { Dialect } from "../dialect.js";
import { changeRoutes } from "./changes.js";
import { comparisonRoutes } from "./comparison.js";
import { datasetRoutes } from "./datasets.js";
import { refuse } from "./errors.js";
import { expansionRoutes } from "./expansions.js";
import { experimentRoutes } from "./experiments.js";
import { exportRoutes } from "./exports.js";
import { fromRecordRoutes } from "./from-records.js";
import { healthRoutes } from "./health.js";
import { itemRoutes } from "./items.js";
import { optimizationRoutes } from "./optimizations.js";
import { projectRoutes } from "./projects.js";
import { promptRoutes } from "./prompts.js";
import { assertionRoutes, traceRoutes } from "./traces.js";
import { commentRoutes } from "./trace-comments.js";
import { traceRemovalRoutes } from "./trace-removal.js";
import { traceSearchRoutes } from "./trace-search.js";
import { uploadRoutes } from "./uploads.js";
import { versionRoutes } from "./versions.js";

export const opik: Dialect = {
  name: "opik",
  prefixes: ["/opik/api", "/opik"],
  roots: ["", "/api"],
  claims: ({ url, headers }) => {
    const { pathname } = new URL(url);
    if (/^(\/api)?\/(v1\/private|is-alive|v1\/session)\//.test(pathname)) return true;
    return headers.has("comet-workspace") || headers.has("x-opik-debug-sdk-version");
  },
  routes: [
    ...healthRoutes,
    ...projectRoutes,
    ...uploadRoutes,
    ...itemRoutes,
    ...changeRoutes,
    ...comparisonRoutes,
    ...fromRecordRoutes,
    ...versionRoutes,
    ...exportRoutes,
    ...expansionRoutes,
    ...datasetRoutes,
    ...traceSearchRoutes,
    ...traceRemovalRoutes,
    ...commentRoutes,
    ...traceRoutes,
    ...assertionRoutes,
    ...experimentRoutes,
    ...promptRoutes,
    ...optimizationRoutes,
  ],
  authorization: headers => {
    const key = headers.get("authorization")?.trim() ?? "";
    if (key === "") return undefined;
    return /^(bearer|basic) /i.test(key) ? key : `Bearer ${key}`;
  },
  refuse,
};
