/** The OpenAPI 3.1 document, made from the routes: what validates requests is what it says. */
import { baseOf } from "../access/public-url.js";
import { ndjsonType } from "../answer.js";
import type { Route } from "../route.js";
import type { TSchema } from "../schema.js";
import type { AnswerShape, BodyShape } from "../shape.js";
import { Components } from "./components.js";
import { exampleOf } from "./example.js";
import { headersOf } from "./header.js";
import type { About, Answer, Body, Media, OpenApi, Operation, Parameter, Schema } from "./model.js";
import { problemAnswer, problemAnswers, problemSchema, problemsOf } from "./refusal.js";

/** Makes the document, ready for JSON, of a server at this address; default: where the document is. Throws where two shapes have one name. */
export function openApi(routes: readonly Route[], about: About, publicUrl?: URL): OpenApi {
  const components = new Components();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, components);
  return {
    openapi: "3.1.0",
    info: { ...about, license: { name: "MIT", identifier: "MIT" } } as About,
    servers: [{ url: publicUrl ? baseOf(publicUrl) : "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map(name => ({ name })),
    paths,
    components: {
      schemas: { ...components.schemas, Problem: problemSchema },
      responses: problemAnswers(new Set(routes.flatMap(problemsOf))),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "a token of `sheaf token create`" },
      },
    },
  };
}

function operation(route: Route, components: Components): Operation {
  const { operationId, tag, summary, description, params, query, body, answers } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf(route),
    parameters: [
      ...parameters(params, "path", components),
      ...parameters(query, "query", components),
      ...headersOf(route),
    ],
    ...(body === undefined ? {} : { requestBody: bodyOf(body, components) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, shape]) => [
          status,
          Number(status) < 400 ? answerOf(shape, route, components) : problemAnswer(shape.description),
        ]),
      ),
      ...Object.fromEntries(
        problemsOf(route).map(status => [status, { $ref: `#/components/responses/Problem${status}` }]),
      ),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

/** A token with the scope, or none where the server asks for none (on loopback, before the first token is made). */
function securityOf({ scope }: Route): object[] {
  return scope === "open" ? [] : [{ token: [scope] }, {}];
}

function parameters(schema: TSchema | undefined, where: "path" | "query", components: Components): Parameter[] {
  const properties = (schema?.["properties"] ?? {}) as Record<string, TSchema>;
  const required = (schema?.["required"] ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = components.place(property);
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function bodyOf(body: BodyShape, components: Components): Body {
  if ("bytes" in body) return { required: true, content: media(body.bytes, binary) };
  const types = [body.mediaType ?? "application/json"];
  return { required: body.optional !== true, content: shaped(types, body.json, components) };
}

function answerOf(shape: AnswerShape, { answers }: Route, components: Components): Answer {
  const { description, json, mediaType = "application/json", lines, events, bytes = [], headers = {} } = shape;
  const told = 304 in answers && json !== undefined ? { ETag: "the version of what is answered", ...headers } : headers;
  const content = {
    ...(json === undefined ? {} : shaped([mediaType], json, components)),
    ...(lines === undefined ? {} : shaped([ndjsonType], lines, components)),
    ...(events === undefined ? {} : shaped(["text/event-stream"], events, components)),
    ...media(bytes, binary),
  };
  return {
    description,
    ...(Object.keys(told).length === 0 ? {} : { headers: headerTexts(told) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function headerTexts(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );
}

/** JSON of a shape, and an example of it. */
function shaped(types: readonly string[], schema: TSchema, components: Components): Record<string, Media> {
  const examples = { one: { value: exampleOf(schema) } };
  return Object.fromEntries(types.map(type => [type, { schema: components.place(schema), examples }]));
}

const binary: Schema = { type: "string", contentMediaType: "application/octet-stream" };

function media(types: readonly string[], schema: Schema): Record<string, Media> {
  return Object.fromEntries(types.map(type => [type, { schema }]));
}
