/** A document in the order in which people read it: by tag, then as the routes stand. What both pages, HTML and Markdown, are printed from. */
import type { Answer, Media, OpenApi, Operation, Schema } from "./model.js";
import { nameOf, printShape } from "./shape-text.js";

/** One route for people. */
export interface Entry {
  readonly id: string;
  /** `GET /api/v1/datasets`. */
  readonly line: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: string;
  readonly parameters: readonly { name: string; place: string; shape: string; text: string }[];
  /** Media type and shape. */
  readonly body: readonly string[];
  /** An example of the body, where it is JSON. */
  readonly sample?: unknown;
  readonly answers: readonly { status: string; text: string; shapes: readonly string[] }[];
  /** Statuses of problems. */
  readonly problems: readonly string[];
}

export interface Section {
  readonly tag: string;
  readonly entries: readonly Entry[];
}

/** The routes by tag. */
export function outline(document: OpenApi): Section[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0] ?? "",
      entry: entryOf(`${method.toUpperCase()} ${path}`, operation),
    })),
  );
  return document.tags.map(({ name }) => ({
    tag: name,
    entries: all.filter(({ tag }) => tag === name).map(({ entry }) => entry),
  }));
}

/** The named shapes, each with what it says of its fields. */
export function shapesOf(document: OpenApi) {
  return Object.entries(document.components.schemas).map(([name, schema]) => ({
    name,
    text: schema.description ?? "",
    shape: printShape(schema),
    fields: fieldsOf(schema),
    example: schema.examples?.[0],
  }));
}

function fieldsOf({ properties = {} }: Schema) {
  return Object.entries(properties).flatMap(([name, { description }]) =>
    description === undefined ? [] : [{ name, text: description }],
  );
}

function entryOf(line: string, operation: Operation): Entry {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const answers = Object.entries(responses);
  return {
    id: operationId,
    line,
    summary,
    ...(description === undefined ? {} : { description }),
    scope: scopeOf(security),
    parameters: parameters.map(({ name, in: place, required, schema, description: text = "" }) => ({
      name,
      place: required ? place : `${place}, optional`,
      shape: printShape(schema),
      text,
    })),
    body: shapesIn(requestBody?.content),
    sample: sampleIn(requestBody?.content),
    answers: answers.filter(([, answer]) => answer.$ref === undefined).map(([status, answer]) => told(status, answer)),
    problems: answers
      .filter(([status, { $ref }]) => $ref !== undefined && status !== "default")
      .map(([status]) => status),
  };
}

function told(status: string, { description = "", content, headers = {} }: Answer) {
  const names = Object.entries(headers).map(([name, header]) => `${name}: ${header.description}`);
  return { status, text: [description, ...names].join("; "), shapes: shapesIn(content) };
}

function shapesIn(content: Readonly<Record<string, Media>> = {}): string[] {
  return Object.entries(content).map(([type, { schema }]) =>
    schema === undefined || schema["contentMediaType"] !== undefined ? type : `${type}: ${printShape(schema)}`,
  );
}

function sampleIn(content: Readonly<Record<string, Media>> = {}): unknown {
  return Object.values(content)[0]?.examples?.["one"]?.value;
}

function scopeOf(security: readonly object[]): string {
  const [first] = security as readonly { token?: readonly string[] }[];
  return first?.token?.[0] ?? "open";
}

/** The names of shapes that a printed shape holds, for links. */
export function namesIn(document: OpenApi): string[] {
  return Object.keys(document.components.schemas).map(nameOf);
}
