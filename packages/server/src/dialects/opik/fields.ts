/**
 * The members of a JSON object as Opik reads them: `null` is absence, names may be in snake_case or camelCase, members that it does not know are passed over.
 *
 * A member of another type than wanted is refused (400); rules about values are the caller's, who says them in {@link Rules} (422).
 */
import { isObject, parseJson, type Value, type ValueObject } from "@sheaf/core";
import { uuidForm } from "../catalog/uuid.js";
import { badRequest, invalid } from "./errors.js";

export class Fields {
  constructor(
    readonly value: ValueObject,
    readonly path = "",
  ) {}

  /** The members of what should be an object. */
  static of(value: Value | undefined, path = ""): Fields {
    if (isObject(value)) return new Fields(value, path);
    throw badRequest("Unable to process JSON", `${path || "the body"} is to be an object`);
  }

  /** The member as it is, exact; `undefined` for `null` too. */
  get(name: string): Value | undefined {
    for (const key of [name, camel(name)])
      if (Object.hasOwn(this.value, key) && this.value[key] !== null) return this.value[key];
    return undefined;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined || typeof value === "string" ? value : this.#wrong(name, "a text");
  }

  bool(name: string): boolean | undefined {
    const value = this.get(name);
    return value === undefined || typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  integer(name: string): number | undefined {
    const value = this.get(name);
    return value === undefined || typeof value === "number" ? value : this.#wrong(name, "a whole number");
  }

  /** A UUID in lower case. */
  uuid(name: string): string | undefined {
    const id = this.text(name)?.toLowerCase();
    return id === undefined || uuidForm.test(id) ? id : this.#wrong(name, "a UUID");
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return words.find(word => word === text) ?? this.#wrong(name, `one of ${words.join(", ")}`);
  }

  object(name: string): ValueObject | undefined {
    const value = this.get(name);
    return value === undefined || isObject(value) ? value : this.#wrong(name, "an object");
  }

  /** The members of an object; of none where it is absent. */
  inner(name: string): Fields {
    return new Fields(this.object(name) ?? {}, this.at(name));
  }

  list(name: string): Value[] | undefined {
    const value = this.get(name);
    return value === undefined || Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  texts(name: string): string[] | undefined {
    return this.list(name)?.map(value => (typeof value === "string" ? value : this.#wrong(name, "a list of texts")));
  }

  uuids(name: string): string[] | undefined {
    return this.texts(name)?.map(text => {
      const id = text.toLowerCase();
      return uuidForm.test(id) ? id : this.#wrong(name, "a list of UUIDs");
    });
  }

  /** The objects of a list. */
  each(name: string): Fields[] | undefined {
    return this.list(name)?.map((value, i) => Fields.of(value, `${this.at(name)}[${i}]`));
  }

  /** A member's name with the path to it. */
  at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  #wrong(name: string, wanted: string): never {
    throw badRequest("Unable to process JSON", `${this.at(name)} is to be ${wanted}`);
  }
}

/** Rules that a request breaks, gathered so that all of them are told. */
export class Rules {
  readonly #broken: string[] = [];

  /** Takes note of a rule that does not hold. */
  hold(holds: boolean, rule: string): this {
    if (!holds) this.#broken.push(rule);
    return this;
  }

  /** Takes note of a list or text that is longer than `most` or shorter than `least`. */
  size(name: string, { length }: { readonly length: number }, most: number, least = 1): this {
    return this.hold(length >= least && length <= most, `${name} size must be between ${least} and ${most}`);
  }

  /** Throws 422 if a rule is broken. */
  done(): void {
    if (this.#broken.length > 0) throw invalid(...this.#broken);
  }
}

/** The elements of a JSON list that is a text; `undefined` for what is none. */
export function elementsIn(text: string): Value[] | undefined {
  try {
    const value = parseJson(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Says whether a text holds more than blanks. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Names that members are asked for by, of which there are few. */
const camels = new Map<string, string>();

function camel(name: string): string {
  let made = camels.get(name);
  if (made === undefined)
    camels.set(name, (made = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())));
  return made;
}
