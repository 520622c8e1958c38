/** Prints what was measured: for people, and as Markdown. */
import type { Measure } from "./measures.js";
import type { Numbers } from "./setting.js";

/** The numbers of one size. */
export interface Sized {
  readonly rows: number;
  readonly numbers: Numbers;
}

/** The table as lines of cells; the last columns are the goal and whether the greatest size meets it. */
function cells(sizes: readonly Sized[], measures: readonly Measure[]): string[][] {
  const small = sizes[0]?.numbers ?? {};
  const last = sizes[sizes.length - 1]?.numbers ?? {};
  const shown = measures.filter(({ of }) => sizes.some(({ numbers }) => numbers[of] !== undefined));
  const head = ["", ...sizes.map(({ rows }) => `${rows.toLocaleString("en")} rows`), "goal", ""];
  return [
    head,
    ...shown.map(measure => [
      measure.name,
      ...sizes.map(({ numbers }) => cell(measure, numbers)),
      measure.goal?.words ?? "",
      verdict(measure, last, small),
    ]),
  ];
}

function cell({ of, kind, against }: Measure, numbers: Numbers): string {
  const value = numbers[of];
  if (value === undefined) return "–";
  const base = against?.of(numbers);
  return printed(value, kind) + (base === undefined ? "" : ` · ${(value / base).toPrecision(3)} ×`);
}

function verdict({ goal, of }: Measure, last: Numbers, small: Numbers): string {
  if (!goal || last[of] === undefined) return "";
  return goal.isMet(last, small) ? "✓" : "missed";
}

function printed(value: number, kind: Measure["kind"]): string {
  if (kind === "rate") return `${Math.round(1000 / value).toLocaleString("en")}/s`;
  if (kind === "bytes") return printedBytes(value);
  return value < 1000 ? `${value.toPrecision(3)} ms` : `${(value / 1000).toFixed(2)} s`;
}

function printedBytes(value: number): string {
  if (value < 2 ** 10) return `${value} B`;
  if (value < 2 ** 20) return `${(value / 2 ** 10).toFixed(value < 10_240 ? 1 : 0)} KiB`;
  return `${(value / 2 ** 20).toFixed(1)} MiB`;
}

/** The table for a terminal. */
export function printTable(sizes: readonly Sized[], measures: readonly Measure[]): string {
  const rows = cells(sizes, measures);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("  ");
  const notes = measures.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [...rows.map(row => line(row).trimEnd()), "", ...notes].join("\n");
}

/** The table as Markdown. */
export function printMarkdown(sizes: readonly Sized[], measures: readonly Measure[]): string {
  const [head = [], ...rows] = cells(sizes, measures);
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const notes = measures.flatMap(({ name, note }) => (note === undefined ? [] : [`- ${name}: ${note}`]));
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
    ...notes,
  ].join("\n");
}
