/** Schemas as people read them: `{ path: string, count: integer ≥ 0, meta?: object }`. */
import type { Schema } from "./model.js";

/** Prints a schema on one line; a name stands for what the document holds under it. */
export function printShape(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(printShape).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map(printShape).join(" & ");
  if (schema.type === "array") return printList(schema);
  if (schema.type === "object") return printObject(schema);
  return `${schema.type ?? "any JSON"}${printBounds(schema)}`;
}

/** The last part of a reference. */
export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

function printList({ items }: Schema): string {
  const inner = items === undefined ? "any JSON" : printShape(items);
  return /[ |&]/.test(inner) && !inner.startsWith("{") ? `(${inner})[]` : `${inner}[]`;
}

function printObject({ properties, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties ?? {}).map(
    ([name, field]) => `${name}${required.includes(name) ? "" : "?"}: ${printShape(field)}`,
  );
  if (fields.length > 0) return `{ ${fields.join(", ")} }`;
  if (typeof additionalProperties !== "object" || Object.keys(additionalProperties).length === 0) return "object";
  return `{ [name]: ${printShape(additionalProperties)} }`;
}

function printBounds({ minimum, maximum, default: fallback }: Schema): string {
  const bounds = [
    ...(minimum === undefined ? [] : [`≥ ${JSON.stringify(minimum)}`]),
    ...(maximum === undefined ? [] : [`≤ ${JSON.stringify(maximum)}`]),
    ...(fallback === undefined ? [] : [`= ${JSON.stringify(fallback)}`]),
  ];
  return bounds.length === 0 ? "" : ` ${bounds.join(" ")}`;
}
