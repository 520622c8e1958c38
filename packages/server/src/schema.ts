/**
 * Shapes of what comes in and goes out, as JSON Schema: one schema validates a request, types its handler and stands in the OpenAPI document.
 *
 * The only file that knows TypeBox. What an item holds is not looked at here: it stays exact (`unknown` to a schema).
 */
import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { Value as Checker } from "@sinclair/typebox/value";
import { badInput } from "@sheaf/core";

export { Type as t };
export type { Static, TSchema };

/** Gives the value back, typed, if it is of this shape. Throws bad-input with the pointer of the first fault; `what` says in words what was read. */
export function checked<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  const fault = Checker.Errors(schema, value).First();
  if (fault === undefined) return value;
  throw badInput(`${what}: ${fault.message.charAt(0).toLowerCase()}${fault.message.slice(1)}`, { pointer: fault.path });
}

/** Reads texts, such as a query's, as the numbers, booleans and lists that the schema wants; then as {@link checked}. */
export function converted<S extends TSchema>(schema: S, texts: unknown, what: string): Static<S> {
  return checked(schema, Checker.Default(schema, Checker.Convert(schema, texts)), what);
}
