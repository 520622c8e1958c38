/**
 * Shapes of what comes in and goes out, as JSON Schema: one schema validates a request, types its handler and stands in the OpenAPI document.
 *
 * The only file that knows TypeBox. What an item holds is not looked at here: it stays exact (`unknown` to a schema).
 */
import { Kind, Type, type Static, type TSchema } from "@sinclair/typebox";
import { Value as Checker } from "@sinclair/typebox/value";
import { badInput, isObject, setKey, view, type Value, type ValueObject } from "@sheaf/core";

export { Type as t };
export type { Static, TSchema };

/** Absent or null too. */
export const maybe = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

/** Gives the value back, typed, if it is of this shape. Throws bad-input with the pointer of the first fault; `what` says in words what was read. */
export function checked<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  const fault = Checker.Errors(schema, value).First();
  if (fault === undefined) return value;
  throw badInput(`${what}: ${fault.message.charAt(0).toLowerCase()}${fault.message.slice(1)}`, { pointer: fault.path });
}

/** Exact values as a schema wants them: as they are where it says nothing of them, as plain JavaScript elsewhere. Throws as {@link checked}. */
export function exactly<S extends TSchema>(schema: S, value: Value, what: string): Static<S> {
  checked(schema, view(value), what);
  return shaped(schema, value);
}

/** The parts that a schema describes as plain JavaScript, the others exact. The value is of the schema's shape. */
function shaped(schema: TSchema, value: Value): unknown {
  if (schema[Kind] === "Unknown" || schema[Kind] === "Record") return value;
  if (schema[Kind] === "Union") {
    const plain = view(value);
    const fits = (schema["anyOf"] as TSchema[]).find(one => Checker.Check(one, plain));
    return fits === undefined ? value : shaped(fits, value);
  }
  if (Array.isArray(value)) return value.map(element => shaped(schema["items"] as TSchema, element));
  if (!isObject(value)) return view(value);
  const properties = (schema["properties"] ?? {}) as Record<string, TSchema>;
  const object: ValueObject = {};
  for (const key of Object.keys(properties))
    if (Object.hasOwn(value, key)) setKey(object, key, shaped(properties[key], value[key]) as Value);
  return object;
}

/** Those of these texts that a schema has a use for. */
export function known<T extends object>(schema: TSchema, texts: T): Partial<T> {
  const properties = (schema["properties"] ?? {}) as object;
  return Object.fromEntries(Object.entries(texts).filter(([name]) => Object.hasOwn(properties, name))) as Partial<T>;
}

/** Reads texts, such as a query's, as the numbers, booleans and lists that the schema wants; then as {@link checked}. */
export function converted<S extends TSchema>(schema: S, texts: unknown, what: string): Static<S> {
  for (const name of Object.keys(texts as object))
    if (!Object.hasOwn((schema["properties"] ?? {}) as object, name))
      throw badInput(`${what} has no use for ${JSON.stringify(name)}; the document of the API lists what there is`);
  return checked(schema, Checker.Default(schema, Checker.Convert(schema, plain(schema, texts as object))), what);
}

/** Without texts that TypeBox would take for whole numbers though they are none: `true`, `1.5`, `0x10`. */
function plain(schema: TSchema, texts: object): object {
  const properties = (schema["properties"] ?? {}) as Record<string, TSchema>;
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const isNone = properties[name]?.[Kind] === "Integer" && !/^-?\d{1,16}$/.test(String(text));
      return [name, isNone ? { text: text as string } : text];
    }),
  );
}
