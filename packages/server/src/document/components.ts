/** Schemas with a name (`$id`) stand in the document once, and everything else refers to them. */
import type { TSchema } from "../schema.js";
import type { Schema } from "./model.js";

/** What JSON is made of, TypeBox's own marks left out. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export class Components {
  readonly #named = new Map<string, Schema>();

  /** The schema as it stands at its place: itself, or a reference to its name. Throws where two shapes have one name. */
  place(schema: TSchema): Schema {
    return this.#walk(JSON.parse(JSON.stringify(schema)) as Json) as Schema;
  }

  /** Those with a name, by name. */
  get schemas(): Record<string, Schema> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #walk(json: Json): Json {
    if (Array.isArray(json)) return json.map(part => this.#walk(part));
    if (typeof json !== "object" || json === null) return json;
    const { $id, ...rest } = json;
    const schema = asMap(Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, this.#part(key, part)])));
    if (typeof $id !== "string") return schema;
    this.#name($id, schema);
    return { $ref: `#/components/schemas/${$id}` };
  }

  /** Examples and the like are data, in which `$id` is a key as any other. */
  #part(key: string, part: Json): Json {
    return ["examples", "default", "const", "enum", "required"].includes(key) ? part : this.#walk(part);
  }

  #name(name: string, schema: Schema): void {
    const known = this.#named.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two shapes are named ${name}`);
    this.#named.set(name, schema);
  }
}

/** A record by any key reads better, and is understood by more programs, as `additionalProperties`. */
function asMap(schema: { [key: string]: Json }): { [key: string]: Json } {
  const { patternProperties, ...rest } = schema;
  const patterns = patternProperties as { [pattern: string]: Json } | undefined;
  const values = patterns?.["^(.*)$"];
  return values === undefined ? schema : { ...rest, additionalProperties: values };
}
