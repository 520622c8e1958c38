/**
 * Galileo v2, for its SDKs and its REST reference.
 *
 * The SDKs ask at `/datasets`, the reference at `/v2/datasets`; both are the same here. A key is a token of this server, in any of the headers that Galileo takes.
 */
import type { Dialect } from "../dialect.js";
import { refuse } from "./errors.js";
import { sessionRoutes } from "./session.js";

const keyHeaders = ["galileo-api-key", "splunk-ao-api-key"];
const ownHeaders = [...keyHeaders, "x-galileo-sdk", "client-type"];

export const galileo: Dialect = {
  name: "galileo",
  prefixes: ["/galileo", "/galileo/v2"],
  roots: ["", "/v2"],
  claims: ({ headers }) => ownHeaders.some(name => headers.has(name)),
  authorization(headers) {
    const key = keyHeaders.map(name => headers.get(name)).find(value => value !== null);
    return headers.get("authorization") ?? (key === undefined || key === null ? undefined : `Bearer ${key}`);
  },
  refuse,
  routes: [...sessionRoutes],
};
