/**
 * Compiles the kernel (AssemblyScript in this folder) and writes `src/item/kernel-bytes.ts`, the WebAssembly as base64, which git ignores.
 *
 * Does nothing when that file was made from these sources by this compiler: its first line names their hash. `--force` compiles anyway.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync, renameSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../src/item/kernel-bytes.ts", import.meta.url));
const options = ["--runtime", "stub", "--enable", "simd,bulk-memory", "-O3", "--noAssert", "--converge"];

const sources = readdirSync(here)
  .filter(name => name.endsWith(".ts"))
  .sort();
const texts = Object.fromEntries(sources.map(name => [name, readFileSync(`${here}${name}`, "utf8")]));
const { default: asc, version } = await loadCompiler();
const mark = `// ${createHash("sha256")
  .update(JSON.stringify([version, options, texts]))
  .digest("hex")}`;

if (
  process.argv.includes("--force") ||
  !existsSync(target) ||
  readFileSync(target, "utf8").split("\n", 1)[0] !== mark
) {
  const wasm = await compile();
  const lines = [
    mark,
    "/** The kernel as WebAssembly, in base64. Made by `packages/core/kernel/build.mjs`; do not edit. */",
    `export const kernelBytes = "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ];
  writeFileSync(`${target}.new`, lines.join("\n"));
  renameSync(`${target}.new`, target);
  process.stdout.write(`kernel: ${wasm.length} bytes\n`);
}

async function loadCompiler() {
  const compiler = await import("assemblyscript/asc");
  return { default: compiler, version: compiler.version };
}

async function compile() {
  let wasm;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(["index.ts", "--outFile", "kernel.wasm", "--baseDir", here, ...options], {
    readFile: name => texts[name] ?? null,
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) wasm = contents;
    },
    listFiles: () => [],
    stderr,
  });
  if (error) throw new Error(`the kernel does not compile: ${error.message}\n${stderr.toString()}`);
  return wasm;
}
