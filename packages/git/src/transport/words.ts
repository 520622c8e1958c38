/** What the other side says to people, made safe to print. */

/** Escape sequences of terminals: colours, titles, cursor moves. */
// oxlint-disable-next-line no-control-regex -- this is what it looks for
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Control characters but line feed and tab, and those that turn the direction of text. */
// oxlint-disable-next-line no-control-regex -- this is what it looks for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Most characters that are kept. */
const maxLength = 4000;

/** Takes out what could move a terminal's cursor or colour its text; line ends become line feeds, blank lines and spaces at line ends go. */
export function plainWords(text: string): string {
  const clean = text
    .replace(escapes, "")
    .replace(/\r\n?/g, "\n")
    .replace(controls, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength)} …` : clean;
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainWords(text).replace(/\s*\n\s*/g, "; ");
}

/** What hooks say, on one line: without `error:` and `remote:` in front of each, and lines that hold nothing more. */
export function hookLine(text: string): string {
  const lines = plainWords(text).split("\n");
  return plainLine(lines.map(line => line.replace(/^\s*(?:(?:error|remote|fatal):\s*)+/i, "")).join("\n"));
}
