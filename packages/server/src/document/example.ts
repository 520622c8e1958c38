/**
 * Examples of what goes in and out: those that stand with a shape, and for the rest one made of its parts, so that no route is without.
 *
 * Every one is of its shape; `test/http/document.test.ts` holds each against its schema.
 */
import type { TSchema } from "../schema.js";

/** What stands for members that have no example of their own, by their names. */
const words: Readonly<Record<string, unknown>> = {
  after: "q7",
  attributes: {},
  base: "3",
  before: "q6",
  branch: "main",
  choice: "ours",
  column: "answer",
  command: "commit",
  count: 120,
  dataset: "qa",
  email: "ada@example.org",
  id: "q7",
  item: { answer: "4", question: "What is 2+2?" },
  message: "fix the answer of q7",
  meta: { tags: ["easy"] },
  name: "review",
  ours: "4",
  path: "qa",
  pointer: "/answer",
  position: "a3",
  ref: "refs/heads/main",
  serial: 12,
  theirs: "four",
  time: 1767225600,
  to: "answers",
  url: "https://sheaf.example.org/evals",
};

/** A value of this shape: the first of its own examples, or one made of those of its parts. */
export function exampleOf(schema: TSchema, name = ""): unknown {
  const [own] = (schema["examples"] ?? []) as unknown[];
  if (own !== undefined) return own;
  if (schema["const"] !== undefined) return schema["const"];
  const [first] = (schema["anyOf"] ?? []) as TSchema[];
  if (first !== undefined) return exampleOf(first, name);
  if (fits(schema, words[name])) return words[name];
  if (schema["type"] === "object") return objectOf(schema);
  if (schema["type"] === "array") return [exampleOf(schema["items"] as TSchema, name.replace(/s$/, ""))];
  return { boolean: true, integer: 0, number: 0.5, null: null, string: "text" }[String(schema["type"])] ?? null;
}

/** What must be there; what may be left out is left out. */
function objectOf({ properties = {}, required = [] }: TSchema): object {
  return Object.fromEntries(
    (required as string[]).map(name => [name, exampleOf((properties as Record<string, TSchema>)[name], name)]),
  );
}

function fits({ type, pattern }: TSchema, word: unknown): boolean {
  if (word === undefined) return false;
  if (type === "integer") return Number.isInteger(word);
  if (type === "string")
    return typeof word === "string" && new RegExp((pattern as string | undefined) ?? "").test(word);
  return type === undefined || (type === "object" && typeof word === "object");
}
