/**
 * Puts the command line and all that it imports into a few files, split where commands are loaded lazily: `bundle/`, which `bin/sheaf.js` runs.
 *
 * Opening some hundred and seventy modules one by one is most of what a small command takes. Run after `tsc -b`; the library is not touched.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = path => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("bundle"), { recursive: true, force: true });
const bundle = await rolldown({
  input: { run: here("../cli/dist/run.js") },
  platform: "node",
  external: /^node:/,
  logLevel: "warn",
});
const { output } = await bundle.write({
  dir: here("bundle"),
  format: "esm",
  chunkFileNames: "[name].js",
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  sourcemap: false,
});
await bundle.close();
writeFileSync(here("bundle/LICENSES.txt"), licences(output.flatMap(chunk => chunk.moduleIds ?? [])));

/** The licence of every foreign package that went in: what their authors ask of copies. */
function licences(modules) {
  const folders = new Set(modules.flatMap(id => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
  return [...folders]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(licence)
    .join("\n");
}

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}\n`;
}
