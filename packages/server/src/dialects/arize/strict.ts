/** Clients that take no field that they do not know. */
import type { Call } from "../../call.js";

/** Says whether the SDK for Python asks, or the client that is generated in it: most of their versions refuse an answer for one field that is new to them. */
export function isStrict({ request: { headers } }: Call): boolean {
  return (
    headers.get("sdk-language") === "python" || /^openapi-generator\b.*\bpython/i.test(headers.get("user-agent") ?? "")
  );
}
