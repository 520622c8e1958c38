/**
 * A request as the server looks at it: these parts of the web's own and no others.
 *
 * Whoever listens can so hand in what it has, as making a whole `Request` costs more than many an answer. A `Request` is one too.
 */
export type Asked = Pick<Request, "method" | "url" | "headers" | "body" | "signal">;

/** The path as it was sent, percent-encoded. The address is in normal form already, so that nobody has to parse it again. */
export function pathOf({ url }: Asked): string {
  return /^[^/]+\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "/";
}
