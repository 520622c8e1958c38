/**
 * Source files as the checks see them: text, imports, functions, names used. Parsed, not guessed, by the parser that the test runner has.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { parseSync } from "vite";

export interface Source {
  /** Below the root of the checkout, with `/`: `packages/core/src/item/item.ts`. */
  readonly path: string;
  readonly text: string;
}

/** A node of the syntax tree; `start` and `end` are offsets into the text. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Import {
  /** As written: `../text.js`, `@sheaf/core`, `node:fs`. */
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

/** Where something was seen, line from 1. */
export interface Seen {
  readonly name: string;
  readonly line: number;
}

/** Every `.ts` file below the folders, in order of path, without what was built or installed. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return folders
    .flatMap(folder => filesBelow(join(root, folder)))
    .map(file => ({
      path: relative(root, file).split(sep).join("/"),
      text: readFileSync(file, "utf8"),
    }));
}

/** Every file below a folder, in order of path, without `node_modules` and `dist`. */
export function filesBelow(folder: string, ending = ".ts"): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(entry => {
    if (["node_modules", "dist", ".git"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** What a file imports or re-exports, types and lazy `import()` included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  visit(source, node => {
    if (!/^(Import(Declaration|Expression)|TSImportType|Export(All|Named)Declaration)$/.test(node.type)) return;
    const from = (node.source ?? node.argument) as Node | null;
    if (from && typeof from.value === "string") found.push({ specifier: from.value, line: lineAt(source, node.start) });
  });
  return found;
}

/** Every function with the number of lines that it spans, signature and braces included. */
export function functionsOf(source: Source): (Seen & { lines: number })[] {
  const found: (Seen & { lines: number })[] = [];
  visit(source, (node, parent) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    const line = lineAt(source, node.start);
    const named = (node.id ?? parent?.key ?? parent?.id) as { name?: string } | null | undefined;
    found.push({ name: named?.name ?? "a function", line, lines: lineAt(source, node.end) - line + 1 });
  });
  return found;
}

/**
 * Names used that were not reached through something else, and dotted names: `fetch`, `Date.now`, `Math.random`, `new Date`.
 *
 * Keys of objects and names of members do not count, so a class may have a method `fetch`.
 */
export function namesUsed(source: Source): Seen[] {
  const found: Seen[] = [];
  visit(source, (node, parent, field) => {
    const line = lineAt(source, node.start);
    if (node.type === "MemberExpression") {
      const { object, property } = node as unknown as { object: { name?: string }; property: { name?: string } };
      if (object.name && property.name) found.push({ name: `${object.name}.${property.name}`, line });
    } else if (node.type === "NewExpression" && (node.arguments as unknown[]).length === 0) {
      found.push({ name: `new ${(node.callee as { name?: string }).name}`, line });
    } else if (node.type === "Identifier" && !isLabel(parent, field)) found.push({ name: node.name as string, line });
  });
  return found;
}

/** Dotted names that begin with `test`, `it` or `describe`, however deep: `test.only`, `describe.skipIf`. */
export function testModifiers(source: Source): Seen[] {
  const found: Seen[] = [];
  visit(source, node => {
    if (node.type !== "MemberExpression" || node.computed) return;
    const words = source.text.slice(node.start, node.end);
    if (/^(test|it|describe)(\.\w+)+$/.test(words)) found.push({ name: words, line: lineAt(source, node.start) });
  });
  return found;
}

/** Says whether an identifier at this field of its parent only labels something: a key, a member's name. */
function isLabel(parent: Node | undefined, field: string): boolean {
  if (!parent || parent.computed) return false;
  return field === "key" || (field === "property" && parent.type === "MemberExpression");
}

function visit(source: Source, look: (node: Node, parent: Node | undefined, field: string) => void): void {
  const walk = (node: Node, parent: Node | undefined, field: string): void => {
    look(node, parent, field);
    for (const [name, value] of Object.entries(node)) {
      const children: unknown[] = Array.isArray(value) ? value : [value];
      for (const child of children) if (isNode(child)) walk(child, node, name);
    }
  };
  walk(parse(source).program, undefined, "");
}

interface Parsed {
  readonly program: Node;
  /** Offset at which each line begins. */
  readonly lineStarts: readonly number[];
}

const parsed = new WeakMap<Source, Parsed>();

/** The syntax tree of a file, parsed once; throws when it is not TypeScript. */
function parse(source: Source): Parsed {
  const known = parsed.get(source);
  if (known) return known;
  const { program, errors } = parseSync(source.path, source.text);
  if (errors[0]) throw new Error(`${source.path}: ${errors[0].message}`);
  const lineStarts = [0, ...[...source.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const made = { program: program as unknown as Node, lineStarts };
  parsed.set(source, made);
  return made;
}

/** The statements of a file, as ESTree. */
export function statementsOf(source: Source): readonly unknown[] {
  return parse(source).program["body"] as readonly unknown[];
}

/** The line of an offset, from 1. */
function lineAt(source: Source, offset: number): number {
  const { lineStarts } = parse(source);
  let [low, high] = [0, lineStarts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
