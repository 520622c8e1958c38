/** Colour for terminals, and text made safe for them. */
import type { Io } from "../io.js";

/** Says whether to colour: on a terminal, unless `NO_COLOR` is set (no-color.org) or the terminal is dumb; always under `FORCE_COLOR`. */
export function wantsColour({ env, stdout }: Pick<Io, "env" | "stdout">): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return (stdout.isTTY ?? false) && env["TERM"] !== "dumb";
}

/** Wraps text in colours, or leaves it as it is. */
export class Paint {
  constructor(readonly on: boolean) {}

  readonly bold = (text: string): string => this.#wrap(text, 1, 22);
  readonly dim = (text: string): string => this.#wrap(text, 2, 22);
  readonly red = (text: string): string => this.#wrap(text, 31, 39);
  readonly green = (text: string): string => this.#wrap(text, 32, 39);
  readonly yellow = (text: string): string => this.#wrap(text, 33, 39);
  readonly blue = (text: string): string => this.#wrap(text, 34, 39);
  readonly cyan = (text: string): string => this.#wrap(text, 36, 39);

  #wrap(text: string, open: number, close: number): string {
    return this.on && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  }
}

/** Shows control characters as escapes, so that data can neither move the cursor nor recolour the terminal. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escape);
}

function escape(character: string): string {
  const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return named[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
