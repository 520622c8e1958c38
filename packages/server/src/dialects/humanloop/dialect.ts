/** Humanloop's API, version 5, both generations of it: what its SDKs for datasets need. */
import type { Dialect } from "../dialect.js";
import { absence } from "./absent.js";
import { datapointRoutes } from "./datapoints.js";
import { datasetRoutes } from "./datasets.js";
import { deploymentRoutes } from "./deployments.js";
import { directoryRoutes } from "./directories.js";
import { refuse } from "./errors.js";
import { fileRoutes } from "./files.js";
import { versionRoutes } from "./versions.js";

const keyHeader = "x-api-key";

export const humanloop: Dialect = {
  name: "humanloop",
  prefixes: ["/humanloop/v5", "/v5"],
  claims: ({ headers }) => headers.has(keyHeader),
  routes: [
    ...datasetRoutes,
    ...datapointRoutes,
    ...versionRoutes,
    ...deploymentRoutes,
    ...fileRoutes,
    ...directoryRoutes,
  ],
  authorization: headers => {
    const key = headers.get(keyHeader);
    return key === null ? undefined : `Bearer ${key}`;
  },
  refuse,
  absence,
};
