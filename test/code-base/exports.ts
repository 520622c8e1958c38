/** The names, types included, that an entry of a package gives to others. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { statementsOf } from "./source.js";

interface Statement {
  readonly type: string;
  readonly source?: { value: string } | null;
  readonly exported?: { name: string } | null;
  readonly specifiers?: readonly { exported: { name: string } }[];
  readonly declaration?: Declaration | null;
}

interface Declaration {
  readonly id?: { name: string };
  readonly declarations?: readonly { id: { name: string } }[];
}

/** Every entry that a manifest exports, by the name that others import, with its source file. */
export function entriesOf(folder: string): Map<string, string> {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, { default: string }>;
  };
  const entries = Object.entries(manifest.exports).map(([path, { default: built }]) => {
    const source = join(folder, built.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
    return [join(manifest.name, path), source] as const;
  });
  return new Map(entries);
}

/** The exported names of a source file, sorted; throws when it is not there. Those of a file behind `export *` are its own. */
export function exportedNames(file: string): string[] {
  const statements = statementsOf({ path: file, text: readFileSync(file, "utf8") }) as readonly Statement[];
  return [...new Set(statements.flatMap(statement => namesOf(statement, file)))].sort();
}

function namesOf(statement: Statement, file: string): string[] {
  if (statement.type === "ExportDefaultDeclaration") return ["default"];
  if (statement.type === "ExportAllDeclaration") {
    if (statement.exported) return [statement.exported.name];
    const from = statement.source?.value ?? "";
    return from.startsWith(".") ? exportedNames(join(dirname(file), from.replace(/\.js$/, ".ts"))) : [`* from ${from}`];
  }
  if (statement.type !== "ExportNamedDeclaration") return [];
  const { id, declarations = [] } = statement.declaration ?? {};
  const declared = [...(id ? [id] : []), ...declarations.map(declaration => declaration.id)];
  return [...declared, ...(statement.specifiers ?? []).map(specifier => specifier.exported)].map(({ name }) => name);
}
