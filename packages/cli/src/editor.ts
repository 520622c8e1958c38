/** Lets a person edit a text in the editor of their choice. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SheafError } from "@sheaf/core";
import type { Io } from "./io.js";
import { UsageError } from "./usage.js";

/** Gives the text as it was saved. Throws when there is no editor, and refused when it ended with an error. */
export async function editText(io: Io, text: string, name: string): Promise<string> {
  const { env } = io;
  const editor = env["SHEAF_EDITOR"] || env["VISUAL"] || env["EDITOR"];
  if (!editor) throw new UsageError("no editor is known: set EDITOR, such as EDITOR=vim");
  const folder = await mkdtemp(join(tmpdir(), "sheaf-edit-"));
  const file = join(folder, safeName(name));
  try {
    await writeFile(file, text);
    await runEditor(editor, file, io);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `EDITOR` may hold options, so a shell reads it, as git does it. */
function runEditor(editor: string, file: string, { env, cwd }: Io): Promise<void> {
  const quoted = process.platform === "win32" ? `"${file}"` : `'${file.replaceAll("'", `'\\''`)}'`;
  const child = spawn(`${editor} ${quoted}`, { shell: true, stdio: "inherit", cwd, env });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", code => (code === 0 ? resolve() : reject(gaveUp(editor, code))));
  });
}

function gaveUp(editor: string, code: number | null): SheafError<"refused"> {
  return new SheafError(
    "refused",
    {},
    `the editor ${JSON.stringify(editor)} ended with ${code === null ? "a signal" : `code ${code}`}; nothing was changed`,
  );
}

function safeName(name: string): string {
  return name.replace(/[^\w.-]/g, "_").slice(-80);
}
