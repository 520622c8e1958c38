/**
 * Arize AX, REST v2: its datasets for its own SDKs.
 *
 * The SDK for Python takes no prefix, so the paths are served at the root too; Galileo, whose REST API has the same ones, tells itself by headers of its own and is asked first.
 */
import type { Dialect } from "../dialect.js";
import { absence } from "./absent.js";
import { annotationConfigRoutes } from "./annotation-configs.js";
import { datasetRoutes } from "./datasets.js";
import { refuse } from "./errors.js";
import { exampleRoutes } from "./examples.js";
import { experimentRoutes } from "./experiments.js";
import { grpc } from "./grpc.js";
import { spaceRoutes } from "./spaces.js";

export const arize: Dialect = {
  name: "arize",
  prefixes: ["/arize"],
  claims: ({ headers }) => headers.has("sdk-package-name") || /^bearer\s/i.test(headers.get("authorization") ?? ""),
  authorization: headers => {
    const key = headers.get("authorization")?.trim() ?? "";
    if (key === "") return undefined;
    return /^(bearer|basic)\s/i.test(key) ? key : `Bearer ${key}`;
  },
  refuse,
  absence,
  grpc,
  routes: [...spaceRoutes, ...datasetRoutes, ...exampleRoutes, ...experimentRoutes, ...annotationConfigRoutes],
};
