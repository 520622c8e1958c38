/**
 * Code blocks of a page of documentation, and how their output is compared.
 *
 * Every `sh` and `ts` block is run, unless the comment `<!-- not run: reason -->` stands above it. A `text` block under the comment
 * `<!-- output -->` is what the block before it prints, where `…` stands for anything in a line, and alone in a line for any lines.
 */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The comment right above, without its marks; empty when there is none. */
  readonly comment: string;
}

/** One thing to run, in order: a shell script, or a TypeScript program, with what it prints where the page says so. */
export interface Step {
  readonly language: "sh" | "ts";
  readonly code: string;
  readonly line: number;
  readonly output: string | undefined;
}

/** Every fenced block at the left margin. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(`{3,})(\w*)/.exec(lines[i] ?? "");
    if (!fence) continue;
    const end = lines.findIndex((line, at) => at > i && line === fence[1]);
    if (end < 0) throw new Error(`line ${i + 1}: this code block has no end`);
    const code = lines.slice(i + 1, end).join("\n") + "\n";
    blocks.push({ language: fence[2] ?? "", code, line: i + 1, comment: commentAbove(lines, i) });
    i = end;
  }
  return blocks;
}

function commentAbove(lines: readonly string[], fence: number): string {
  const above = lines[fence - 1] === "" ? lines[fence - 2] : lines[fence - 1];
  return /^<!-- *(.*?) *-->$/.exec(above ?? "")?.[1] ?? "";
}

/**
 * What there is to run on a page.
 *
 * A `ts` block without an import goes on where the `ts` block before it ended: both are one program, run in the place of the last of them.
 */
export function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  let program: Step | undefined;
  for (const { language, code, line, comment } of blocksOf(markdown)) {
    if (comment === "output") addOutput(steps, code, line);
    if ((language !== "sh" && language !== "ts") || /^not run: \S/.test(comment)) continue;
    if (comment === "not run" || comment === "not run:") throw new Error(`line ${line}: say why this block is not run`);
    const continues = language === "ts" && program !== undefined && !/^import /m.test(code);
    if (continues && program) steps.splice(steps.indexOf(program), 1);
    const before = continues ? program : undefined;
    const step = {
      language,
      code: (before?.code ?? "") + code,
      line: before?.line ?? line,
      output: before?.output,
    } as const;
    if (language === "ts") program = step;
    steps.push(step);
  }
  return steps;
}

function addOutput(steps: Step[], code: string, line: number): void {
  const last = steps.at(-1);
  if (!last) throw new Error(`line ${line}: this is the output of nothing`);
  Object.assign(last, { output: (last.output ?? "") + code });
}

/** Says whether a text is what the page shows, `…` standing for anything; blanks at the ends of lines do not matter. */
export function matchesOutput(shown: string, printed: string): boolean {
  const trim = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map(line => line.trimEnd());
  const pattern = trim(shown).map(line =>
    line === "…" ? "(.*\n)*?" : line.split("…").map(escapeRegExp).join(".*") + "\n",
  );
  return new RegExp(`^${pattern.join("")}$`).test(trim(printed).join("\n") + "\n");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
