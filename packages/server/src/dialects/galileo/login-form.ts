/** The form that Galileo's log-in by e-mail sends: as a browser sends one, or in parts. */
import type { Call } from "../../call.js";
import { gathered, readForm } from "../catalog/form.js";
import { unprocessable } from "./errors.js";

/** Far more than a name and a password. */
const maxBytes = 65_536;

/** Throws 422 without a password. */
export async function loginForm(call: Call): Promise<{ password: string }> {
  const type = call.request.headers.get("content-type") ?? "";
  const password = /^multipart\//i.test(type)
    ? (await readForm(call)).fields.get("password")
    : new URLSearchParams(new TextDecoder().decode(await gathered(call.bytes(), maxBytes))).get("password");
  if (password === undefined || password === null)
    throw unprocessable(["body", "password"], "the form has no password");
  return { password };
}
