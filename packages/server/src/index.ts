/** A repository over HTTP, as a function from requests to responses. */
export { makeApp, type Admit, type Answered, type App, type AppOptions } from "./app.js";
export { defaultLimits, type Caller, type Limits, type Need, type Scope } from "./call.js";
export type { Wait } from "./desk.js";
export { printMarkdown } from "./document/markdown.js";
export type { About, OpenApi } from "./document/model.js";
export { openApi } from "./document/openapi.js";
export { documentOf, withDocument } from "./document/routes.js";
export { HttpError } from "./problem.js";
export { type Route, type TypedRoute } from "./route.js";
export type { Static, TSchema } from "./schema.js";
export { allRoutes, type NativeRoute } from "./routes.js";
export { createToken, listTokens, revokeToken, type Token, type TokenWish } from "./access/token.js";
export { isLoopback, loopbackHosts, type DoorOptions } from "./access/door.js";
export type { BoundsOptions } from "./access/bounds.js";
export { Service, type LogLine, type ServiceOptions } from "./service.js";
export { listen, type Listening, type ListenOptions } from "./listen/server.js";
export { Metrics, type Measured } from "./listen/metrics.js";
export { exchangeRoutes } from "./exchange/routes.js";
