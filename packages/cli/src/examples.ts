/** Examples as they stand at the end of a command's help. */

/** Prints examples, each a command line with what it does above it. */
export function examplesOf(lines: readonly (readonly [line: string, what: string])[]): string {
  return `\n${lines.length > 1 ? "Examples" : "Example"}:\n${lines.map(([line, what]) => `  # ${what}\n  $ ${line}\n`).join("\n")}`.trimEnd();
}
