/** Values of a schema, as a stranger would make them who read the document and nothing else: but names that are there come often. */
import { awkwardKeys, objects, values } from "@sheaf/core/testing";
import type { Value } from "@sheaf/core";
import type { OpenApi } from "@sheaf/server";
import fc from "fast-check";

export type Schema = OpenApi["components"]["schemas"][string];

/** Names that the scene has, beside ones that it has not. */
const names = ["qa", "safety/jailbreaks", "q1", "q2", "main", "fix", "v1", "HEAD", "main~1", "fix~9", "none", "origin"];

/** Texts that people and attackers send. */
const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  { weight: 2, arbitrary: fc.constantFrom(...awkwardKeys) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "../../etc/passwd",
      "a\u0000b",
      "refs/heads/main",
      "a..b",
      "-x",
      "x".repeat(5000),
      " ",
      "\u202e",
      "<b>",
      "@{0}",
    ),
  },
);

const pools: Readonly<Record<string, readonly string[]>> = {
  dataset: ["qa", "safety/jailbreaks"],
  id: ["q1", "q2"],
  branch: ["main", "fix"],
  at: ["main", "HEAD", "v1", "main~1"],
  from: ["main", "v1", "main~1"],
  to: ["main", "fix", "HEAD"],
  tag: ["v1", "v2"],
  column: ["a", "b"],
};

/** Makes values that a schema allows; `name` is the parameter or member that it stands at. */
export function valid(document: OpenApi, schema: Schema, name = ""): fc.Arbitrary<Value> {
  if (schema.$ref !== undefined)
    return valid(document, document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, name);
  if (schema.const !== undefined) return fc.constant(schema.const as Value);
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as Value[]));
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(one => valid(document, one, name)));
  switch (schema.type) {
    case "string":
      return validText(schema, name);
    case "integer":
      return fc.integer({ min: Number(schema["minimum"] ?? -3), max: Math.min(Number(schema["maximum"] ?? 20), 20) });
    case "number":
      return fc.constantFrom(0.5, 1.25);
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(valid(document, schema.items ?? {}, name), { maxLength: 4 });
    case "object":
      return validObject(document, schema);
    default:
      return values;
  }
}

function validText(schema: Schema, name: string): fc.Arbitrary<string> {
  const pool = pools[name];
  const long = texts.filter(text => text.length >= Number(schema["minLength"] ?? 0));
  const any = schema["pattern"] === undefined ? long : fc.stringMatching(new RegExp(String(schema["pattern"])));
  return pool === undefined
    ? any
    : fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pool) }, { weight: 1, arbitrary: any });
}

function validObject(document: OpenApi, schema: Schema): fc.Arbitrary<Value> {
  const { properties, required = [] } = schema;
  if (properties === undefined) return objects;
  const members = Object.entries(properties).map(([name, member]) => [name, valid(document, member, name)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
}

const pointers = fc.constantFrom(
  "/items/q1",
  "/items/q1/a",
  "/items/q2/b/0",
  "/items/-",
  "/items/new",
  "/meta/description",
  "/positions/q1",
  "",
  "/items",
  "/x",
  "items",
  "/items/~2",
  "/items/q1/__proto__/x",
);

/** JSON Patches, good ones often. */
export const patches: fc.Arbitrary<Value> = fc.array(
  fc.oneof(
    fc.record({ op: fc.constantFrom("add", "replace", "test"), path: pointers, value: fc.oneof(objects, values) }),
    fc.record({ op: fc.constant("remove"), path: pointers }),
    fc.record({ op: fc.constantFrom("move", "copy", "frobnicate"), path: pointers, from: pointers }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<Value>;
