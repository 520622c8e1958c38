/**
 * Galileo v2, for its SDKs and its REST reference.
 *
 * The SDKs ask at `/datasets`, the reference at `/v2/datasets`; both are the same here. A key is a token of this server, in any of the headers that Galileo takes.
 */
import type { Dialect } from "../dialect.js";
import { collaboratorRoutes } from "./collaborators.js";
import { contentRoutes } from "./content.js";
import { creationRoutes } from "./creation.js";
import { datasetRoutes } from "./datasets.js";
import { refuse } from "./errors.js";
import { extensionRoutes } from "./extension.js";
import { experimentTagRoutes } from "./experiment-tags.js";
import { experimentRoutes } from "./experiments.js";
import { logExportRoutes } from "./log-export.js";
import { logReadingRoutes } from "./log-reading.js";
import { logStreamRoutes } from "./log-streams.js";
import { loggingRoutes } from "./logging.js";
import { projectRoutes } from "./projects.js";
import { scorerRoutes } from "./scorers.js";
import { bearerOf, bearing, isLoggedIn, keyHeaders, sessionRoutes } from "./session.js";
import { versionRoutes } from "./versioning.js";
import { viewRoutes } from "./views.js";

/** What clients ask for before they have logged in. */
const ownPaths = new Set(["/healthcheck", "/login/api_key", "/v2/healthcheck", "/v2/login/api_key"]);
const ownHeaders = [...keyHeaders, "x-galileo-sdk", "client-type"];

export const galileo: Dialect = {
  name: "galileo",
  prefixes: ["/galileo", "/galileo/v2"],
  roots: ["", "/v2"],
  claims: ({ headers, url }) =>
    ownHeaders.some(name => headers.has(name)) || isLoggedIn(headers) || ownPaths.has(new URL(url).pathname),
  authorization(headers) {
    const key = bearerOf(headers);
    return key === undefined ? (headers.get("authorization") ?? undefined) : bearing(key);
  },
  refuse,
  // What has a name of its own (`/datasets/query`, `/datasets/bulk_delete`) stands before `/datasets/{dataset_id}`.
  routes: [
    ...sessionRoutes,
    ...projectRoutes,
    ...logStreamRoutes,
    ...loggingRoutes,
    ...logReadingRoutes,
    ...logExportRoutes,
    ...experimentRoutes,
    ...experimentTagRoutes,
    ...scorerRoutes,
    ...creationRoutes,
    ...extensionRoutes,
    ...datasetRoutes,
    ...contentRoutes,
    ...versionRoutes,
    ...viewRoutes,
    ...collaboratorRoutes,
  ],
};
