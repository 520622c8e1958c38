/** The page docs/http.md: the document as Markdown. */
import type { OpenApi } from "./model.js";
import { outline, shapesOf, type Entry } from "./outline.js";

/** Prints the page. */
export function printMarkdown(document: OpenApi): string {
  const sections = outline(document).map(
    ({ tag, entries }) => `## ${capital(tag)}\n\n${entries.map(printEntry).join("\n")}`,
  );
  return [head(document), ...sections, printShapes(document), printProblems(document)].join("\n");
}

function head({ info }: OpenApi): string {
  return `# The HTTP API

This page is made from the OpenAPI document that a server gives at \`/api/v1/openapi.json\`; the same, to click through, is at \`/api/docs\`.

${info.description}
`;
}

function printEntry(entry: Entry): string {
  const { id, line, summary, description, scope, parameters, body, sample, answers, problems } = entry;
  return [
    `### ${id}`,
    "",
    `\`${line}\` (${scope === "open" ? "no token needed" : `scope \`${scope}\``})`,
    "",
    summary,
    ...(description === undefined ? [] : ["", description]),
    "",
    ...(parameters.length === 0 ? [] : ["| parameter | where | what |", "| --- | --- | --- |"]),
    ...parameters.map(
      ({ name, place, shape, text }) =>
        `| \`${name}\` | ${place} | ${cell(`${code(shape)}${text === "" ? "" : `: ${text}`}`)} |`,
    ),
    ...(parameters.length === 0 ? [] : [""]),
    ...body.map(shape => `- takes ${code(shape)}`),
    ...(sample === undefined ? [] : [`- for example ${code(JSON.stringify(sample))}`]),
    ...answers.map(({ status, text, shapes }) => `- ${status}: ${[text, ...shapes.map(code)].join("; ")}`),
    ...(problems.length === 0 ? [] : [`- problems: ${problems.join(", ")}`]),
    "",
  ].join("\n");
}

function printShapes(document: OpenApi): string {
  const shapes = shapesOf(document).map(({ name, text, shape, fields, example }) =>
    [
      `### ${name}`,
      "",
      ...(text === "" ? [] : [text, ""]),
      "```text",
      shape,
      "```",
      "",
      ...fields.map(field => `- \`${field.name}\`: ${field.text}`),
      ...(fields.length === 0 ? [] : [""]),
      ...(example === undefined ? [] : ["For example:", "", "```json", JSON.stringify(example), "```", ""]),
    ].join("\n"),
  );
  return `## Shapes\n\n${shapes.join("\n")}`;
}

function printProblems({ components }: OpenApi): string {
  const rows = Object.entries(components.responses)
    .filter(([name]) => name !== "Problem")
    .map(([name, { description = "" }]) => `| ${name.slice("Problem".length)} | ${cell(description)} |`);
  return `## Problems\n\nA request that is refused is answered with \`application/problem+json\` of the shape Problem.\n\n| status | why |\n| --- | --- |\n${rows.join("\n")}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
