/** Judges answers by the document: the status is told there, and so are the media type and the shape. */
import type { OpenApi } from "@sheaf/server";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Target } from "./draft.js";

export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #compiled = new Map<unknown, ValidateFunction>();

  constructor(readonly document: OpenApi) {
    this.#ajv.addSchema({ $id: "document", components: document.components });
  }

  /** Says what is wrong with an answer; nothing if all is well. */
  faults({ operation }: Target, response: Response, text: string): string[] {
    const { status } = response;
    const told = operation.responses[String(status)];
    if (told === undefined) return [`status ${status} is not told: ${text.slice(0, 300)}`];
    const answer =
      told.$ref === undefined ? told : (this.document.components.responses[told.$ref.split("/").at(-1) ?? ""] ?? {});
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    if (answer.content === undefined)
      return text === "" ? [] : [`status ${status} has a body, ${type}, which is not told`];
    const media = answer.content[type];
    if (media === undefined)
      return [`status ${status} is ${type || "without a type"}, which is not told: ${text.slice(0, 300)}`];
    if (media.schema?.["contentMediaType"] !== undefined) return [];
    const texts = type === "application/x-ndjson" ? text.split("\n").slice(0, -1) : type.endsWith("json") ? [text] : [];
    return texts.flatMap(one => this.#misfits(media.schema ?? {}, one));
  }

  #misfits(schema: object, text: string): string[] {
    const check = this.#compiled.get(schema) ?? this.#compile(schema);
    if (check(JSON.parse(text))) return [];
    return [`${this.#ajv.errorsText(check.errors)} in ${text.slice(0, 300)}`];
  }

  #compile(schema: object): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
    const check = this.#ajv.compile(JSON.parse(text) as object);
    this.#compiled.set(schema, check);
    return check;
  }
}
