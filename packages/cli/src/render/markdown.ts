/**
 * A diff as Markdown, for the comments of a pull request: counts for each dataset, then the rows that differ, as many as fit.
 *
 * Whatever the data holds, it comes out as text: punctuation is written as character references inside `<code>`, so nothing in it is a link, a mention, a tag
 * or the end of a table.
 */
import { applyPatch, diffWords, printJson, type Difference, type Operation, type Value } from "@sheaf/core";
import { valueAt } from "./difference.js";
import { visible } from "./paint.js";
import { counted, grouped } from "./quantity.js";

/** Characters of a report: git hosts take 65,536 in a comment. */
const mostCharacters = 60_000;
/** Rows that are shown of each dataset, lines of each row, and characters of each value. */
const mostRows = 25;
const mostFields = 10;
const mostOfValue = 200;

interface Section {
  readonly counts: { added: number; removed: number; changed: number; moved: number };
  readonly notes: string[];
  readonly lines: string[];
  left: number;
}

/** Gathers the report. Keep one for a whole diff. */
export class MarkdownReport {
  readonly #datasets = new Map<string, Section>();
  readonly #files: string[] = [];
  #moreFiles = 0;

  /** Takes the next difference. */
  add(difference: Difference): void {
    if ("file" in difference) return this.#addFile(difference.kind, difference.file);
    const section = this.#sectionOf(difference.dataset);
    switch (difference.kind) {
      case "dataset-added":
      case "dataset-removed":
        section.notes.push(`the dataset was ${difference.kind === "dataset-added" ? "added" : "removed"}`);
        return;
      case "dataset-renamed":
        section.notes.push(`renamed from ${code(difference.from)}`);
        return;
      case "meta-changed":
        section.notes.push(
          `what is known of the dataset changed: ${difference.patch.map(({ path }) => code(path)).join(", ")}`,
        );
        return;
      default:
        section.counts[difference.kind]++;
        if (section.lines.length >= mostRows) section.left++;
        else section.lines.push(rowLine(difference));
    }
  }

  /** The report of a diff from `a` to `b`. */
  print(a: string, b: string): string {
    const head = `### Changes from ${code(a)} to ${code(b)}\n`;
    if (this.#datasets.size === 0 && this.#files.length === 0) return `${head}\nNothing differs.\n`;
    const parts = [head, this.#overview()];
    let length = head.length + parts[1].length;
    let left = 0;
    for (const [dataset, section] of this.#datasets) {
      const text = sectionText(dataset, section);
      if (length + text.length > mostCharacters) {
        left++;
        continue;
      }
      parts.push(text);
      length += text.length;
    }
    if (left > 0) parts.push(`\n${counted(left, "more dataset")} did not fit in here; \`sheaf diff\` shows them.\n`);
    return parts.join("");
  }

  #overview(): string {
    const rows = [...this.#datasets].slice(0, 100).map(([dataset, { counts }]) => {
      const { added, removed, changed, moved } = counts;
      return `| ${code(dataset)} | ${[added, removed, changed, moved].map(grouped).join(" | ")} |\n`;
    });
    const table =
      rows.length === 0
        ? ""
        : `\n| dataset | added | removed | changed | moved |\n| --- | ---: | ---: | ---: | ---: |\n${rows.join("")}`;
    const hidden = this.#datasets.size - rows.length;
    const more = hidden > 0 ? `\nand ${counted(hidden, "more dataset")}\n` : "";
    const others = this.#moreFiles > 0 ? ` and ${counted(this.#moreFiles, "more file")}` : "";
    return `${table}${more}${this.#files.length === 0 ? "" : `\nFiles: ${this.#files.join(", ")}${others}\n`}`;
  }

  #addFile(kind: string, file: string): void {
    if (this.#files.length >= mostRows) this.#moreFiles++;
    else this.#files.push(`${code(file)} ${kind.replace("file-", "")}`);
  }

  #sectionOf(dataset: string): Section {
    const known = this.#datasets.get(dataset);
    const section = known ?? { counts: { added: 0, removed: 0, changed: 0, moved: 0 }, notes: [], lines: [], left: 0 };
    if (!known) this.#datasets.set(dataset, section);
    return section;
  }
}

function sectionText(dataset: string, { notes, lines, left }: Section): string {
  const notesText = notes.map(note => `- ${note}\n`).join("");
  const table = lines.length === 0 ? "" : `\n| row | change |\n| --- | --- |\n${lines.join("")}`;
  const more = left > 0 ? `\nand ${counted(left, "more row")}\n` : "";
  return `\n#### ${code(dataset)}\n${notesText === "" ? "" : `\n${notesText}`}${table}${more}`;
}

function rowLine(row: Extract<Difference, { id: string }>): string {
  return `| ${code(row.id)} | ${rowWords(row)} |\n`;
}

function rowWords(row: Extract<Difference, { id: string }>): string {
  switch (row.kind) {
    case "added":
      return `added ${value(row.item)}`;
    case "removed":
      return `removed ${value(row.item)}`;
    case "moved":
      return "moved";
    case "changed": {
      const lines = fieldLines(row.patch.slice(0, mostFields), row.before);
      const left = row.patch.length - lines.length;
      if (left > 0) lines.push(`and ${counted(left, "more field")}`);
      if (row.moved) lines.push("moved");
      return lines.join("<br>");
    }
  }
}

/** A line for each operation, with the value that it takes away. */
function fieldLines(patch: readonly Operation[], before: Value): string[] {
  let now = before;
  return patch.map((operation, i) => {
    const line = fieldWords(operation, valueAt(now, operation.path));
    if (i + 1 < patch.length) now = applyPatch(now, [operation]);
    return line;
  });
}

function fieldWords(operation: Operation, old: Value | undefined): string {
  const name = code(operation.path === "" ? "the item" : operation.path);
  if (operation.op === "remove") return `${name} removed: ${value(old)}`;
  if (operation.op === "add") return `${name} added: ${value(operation.value)}`;
  if (operation.op !== "replace") return `${name} ${operation.op}`;
  const { value: now } = operation;
  const words = typeof old === "string" && typeof now === "string" ? changedWords(old, now) : undefined;
  return `${name}: ${words ?? `${value(old)} → ${value(now)}`}`;
}

/** The words of a text that changed, with what stands around them; `undefined` for what is short, or hardly alike. */
function changedWords(before: string, after: string): string | undefined {
  if (before.length + after.length < 80 || before.length + after.length > 20_000) return undefined;
  const runs = diffWords(before, after);
  const same = runs.reduce((sum, { kind, text }) => sum + (kind === "same" ? text.length : 0), 0);
  if (same * 4 < Math.max(before.length, after.length) || runs.length > 40) return undefined;
  return runs
    .map(({ kind, text }) => {
      if (kind === "same") return code(text.length > 60 ? `${text.slice(0, 25)} … ${text.slice(-25)}` : text);
      return kind === "removed" ? `<del>${code(text)}</del>` : `<ins>${code(text)}</ins>`;
    })
    .join("");
}

function value(of: Value | undefined): string {
  return of === undefined ? "nothing" : code(printJson(of));
}

/** Text as code, and as nothing but text: everything but letters, digits and spaces is written as a character reference. */
function code(text: string): string {
  const shown = visible(text.length > mostOfValue ? `${text.slice(0, mostOfValue - 1)}…` : text);
  const safe = shown.toWellFormed().replace(/[!-/:-@[-`{-~]/g, character => `&#${character.charCodeAt(0)};`);
  return `<code>${safe}</code>`;
}
