/** What clients ask of the server itself: whether it lives, whether their key is good, and where the page of something is. */
import { empty, json } from "../../answer.js";
import { badRequest } from "./errors.js";
import { operation } from "./operation.js";

export const healthRoutes = [
  operation(
    { id: "isAlive", method: "GET", path: "/is-alive/ping", scope: "open", says: "Says that the server lives." },
    async () => json({ message: "Healthy Server", healthy: true }),
  ),
  operation(
    { id: "version", method: "GET", path: "/is-alive/ver", scope: "open", says: "Names the version spoken." },
    async () => json({ version: "2.1.24" }),
  ),
  operation(
    { id: "checkAccess", method: "POST", path: "/v1/private/auth", scope: "read", says: "Says that the key is good." },
    async () => empty(),
  ),
  operation(
    {
      id: "getWorkspaceName",
      method: "GET",
      path: "/v1/private/auth/workspace",
      scope: "read",
      says: "Names the workspace, which there is one of.",
    },
    async () => json({ workspace_name: "default" }),
  ),
  operation(
    {
      id: "datasetsRedirect",
      method: "GET",
      path: "/v1/session/redirect/datasets",
      scope: "open",
      says: "Leads to the page of a dataset.",
      query: ["dataset_id", "path", "workspace_name"],
    },
    async ask => {
      if (ask.query("dataset_id") === undefined) throw badRequest("dataset_id is missing");
      return empty(303, { location: "/" });
    },
  ),
];
