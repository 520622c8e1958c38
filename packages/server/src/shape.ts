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
  /** Media types other than JSON: streams and files. */
  readonly bytes?: readonly string[];
}
