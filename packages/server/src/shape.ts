/** What stands in a body, either way. */
import type { TSchema } from "./schema.js";

/** What a request's body may be: JSON of a shape, or bytes of some media types that the handler reads as a stream. */
export type BodyShape =
  | { readonly json: TSchema; readonly mediaType?: string; readonly optional?: boolean }
  | { readonly bytes: readonly string[] };

/** What comes back for a status. */
export interface AnswerShape {
  readonly description: string;
  readonly json?: TSchema;
  /** Of the JSON. Default: `application/json`. */
  readonly mediaType?: string;
  /** JSON lines (`application/x-ndjson`), each of this shape. */
  readonly lines?: TSchema;
  /** Server-sent events (`text/event-stream`), the data of each JSON of this shape. */
  readonly events?: TSchema;
  /** Other media types: streams and files. */
  readonly bytes?: readonly string[];
  /** Headers that tell something: name and what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}
