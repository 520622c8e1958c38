/** Optimizations, of which none are kept: what walks over them finds none. */
import { json } from "../../answer.js";
import { operation, pageWords } from "./operation.js";

export const optimizationRoutes = [
  operation(
    {
      id: "findOptimizations",
      method: "GET",
      path: "/v1/private/optimizations",
      scope: "read",
      says: "Lists optimizations: there are none.",
      query: ["page", "size"],
    },
    async ask => json({ content: [], ...pageWords(ask.page(), 0, 0) }),
  ),
];
