/** The OpenAPI 3.1 document, made from the routes: what validates requests is what it says. */
import type { Route } from "./route.js";
import type { TSchema } from "./schema.js";
import type { AnswerShape, BodyShape } from "./shape.js";

/** What is known of the server beside its routes. */
export interface About {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** Makes the document, ready for JSON. */
export function openApi(routes: readonly Route[], about: About): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: "3.1.0",
    info: about,
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

const problem = {
  type: "object",
  description: "Why a request was refused (RFC 9457). `code` is from a closed set; `data` holds the facts.",
  required: ["status", "code", "detail", "requestId"],
  properties: {
    status: { type: "integer" },
    code: { type: "string" },
    title: { type: "string" },
    detail: { type: "string" },
    data: { type: "object" },
    requestId: { type: "string" },
  },
};

function operation(route: Route): object {
  const { operationId, tag, summary, description, scope, params, query, body, answers } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: scope === "open" ? [] : [{ token: [] }],
    "x-scope": scope,
    parameters: [...parameters(params, "path"), ...parameters(query, "query")],
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, shape]) => [status, response(shape)])),
      default: {
        description: "refused",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parameters(schema: TSchema | undefined, where: "path" | "query"): object[] {
  const properties = (schema?.["properties"] ?? {}) as Record<string, TSchema>;
  const required = (schema?.["required"] ?? []) as string[];
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function requestBody(body: BodyShape): object {
  if ("bytes" in body) return { required: true, content: media(body.bytes, binary) };
  return { required: body.optional !== true, content: media([body.mediaType ?? "application/json"], body.json) };
}

function response({ description, json, bytes = [] }: AnswerShape): object {
  const content = { ...(json === undefined ? {} : media(["application/json"], json)), ...media(bytes, binary) };
  return { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
}

const binary = { type: "string", contentMediaType: "application/octet-stream" };

function media(types: readonly string[], schema: object): Record<string, object> {
  return Object.fromEntries(types.map(type => [type, { schema }]));
}
