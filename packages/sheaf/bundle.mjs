/**
 * Puts the command line and all that it imports into one script, and beside it what V8 makes of that: `bundle/`, which `bin/sheaf.cjs` runs.
 *
 * Opening some hundred and seventy modules one by one, and compiling them, is most of what a small command takes. Run after `tsc -b`; the library is not
 * touched. What V8 made is of use to the Node that made it and to its like; another one compiles the script.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = path => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("bundle"), { recursive: true, force: true });
const bundle = await rolldown({
  input: here("../cli/dist/run.js"),
  platform: "node",
  external: /^node:|^undici$/,
  logLevel: "warn",
});
const { output } = await bundle.write({
  file: here("bundle/sheaf.cjs"),
  format: "cjs",
  codeSplitting: false,
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  sourcemap: false,
});
await bundle.close();
const proxyModules = await writeProxies();
const threadModules = [
  ...(await writeThread("../drives/dist/line-worker.js")),
  ...(await writeThread("../drives/dist/portion-worker.js")),
  ...(await writeThread("../server/dist/dialects/galileo/feather-worker.js")),
];
writeFileSync(here("bundle/LICENSES.txt"), licences([...modulesOf(output), ...proxyModules, ...threadModules]));
const code = readFileSync(here("bundle/sheaf.cjs"), "utf8");
writeFileSync(here("bundle/sheaf.cjs"), asciiOnly(rareModulesLast(code)));
await writeCompiled();

/** A thread: a program of its own, started by its file's name, which stands beside the one that starts it. */
async function writeThread(input) {
  const thread = await rolldown({ input: here(input), platform: "node", external: /^node:/ });
  const { output } = await thread.write({
    file: here(`bundle/${basename(input)}`),
    format: "esm",
    codeSplitting: false,
    minify: true,
  });
  await thread.close();
  return modulesOf(output);
}

/** What goes through proxies: a third of the whole, which is loaded only where the environment names one. */
async function writeProxies() {
  const input = createRequire(here("../cli/package.json")).resolve("undici");
  const proxies = await rolldown({ input, platform: "node", external: /^node:/, logLevel: "warn" });
  const { output } = await proxies.write({
    file: here("bundle/undici.cjs"),
    format: "cjs",
    codeSplitting: false,
    minify: true,
  });
  await proxies.close();
  return modulesOf(output);
}

function modulesOf(output) {
  return output.flatMap(chunk => chunk.moduleIds ?? []);
}

/**
 * Asks for modules of Node that small commands do not need where they are used, not at the start: loading them takes a tenth of an empty program.
 *
 * What is imported when it is needed is required instead: a script has nobody who would load modules for it.
 */
function rareModulesLast(written) {
  const code = written
    .replace(/\bimport\((["'`]node:[\w/]+["'`])\)/g, "Promise.resolve(require($1))")
    .replace(/\bimport\(["'`]undici["'`]\)/g, 'Promise.resolve(require("../bundle/undici.cjs"))');
  const declared = /\b([\w$]+)=(require\(["'`]node:(?:child_process|fs\/promises|os|timers\/promises|zlib)["'`]\))/g;
  return [...code.matchAll(declared)].reduce((rest, [whole, variable, asked]) => {
    const [, ...others] = rest.match(new RegExp(`(?<![\\w$.])${variable}\\b(?!\\.)`, "g"));
    if (others.length > 0) throw new Error(`${variable} means more than a module: see rareModulesLast in bundle.mjs`);
    return rest.replace(whole, variable).replace(new RegExp(`(?<![\\w$.])${variable}\\.`, "g"), () => `${asked}.`);
  }, code);
}

/** The same program in characters of one byte each, which are read fastest: all others stand in texts, where they can be escaped. */
function asciiOnly(code) {
  return code.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Compiles what small commands need, by running some, and keeps it: all of it is read at each start, so no more than that. */
async function writeCompiled() {
  const { compiled, load } = createRequire(import.meta.url)("./bin/load.cjs");
  const folder = mkdtempSync(join(tmpdir(), "sheaf-bundle-"));
  try {
    writeFileSync(join(folder, "rows.jsonl"), '{"id":"a","text":"é","n":1.5}\n');
    // In a process of their own: what they compile is not wanted.
    for (const words of ["init", "import rows rows.jsonl --key id"])
      execFileSync(process.execPath, [here("bin/sheaf.cjs"), ...words.split(" ")], { cwd: folder, stdio: "ignore" });
    const { exports, script } = load();
    for (const words of ["get rows a", "ls", "status", "log"]) await runQuietly(exports.run, words, folder);
    writeFileSync(compiled, script.createCachedData());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runQuietly(run, words, cwd) {
  let said = "";
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
  const stderr = new Writable({ write: (chunk, _encoding, done) => done(void (said += chunk)) });
  const { signal } = new AbortController();
  const env = { SHEAF_AUTHOR_NAME: "Build", SHEAF_AUTHOR_EMAIL: "build@localhost" };
  const code = await run(words.split(" "), { stdin: process.stdin, stdout, stderr, env, cwd, signal });
  if (code !== 0) throw new Error(`sheaf ${words} failed with ${code}: ${said}`);
}

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
