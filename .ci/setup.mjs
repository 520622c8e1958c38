/**
 * Makes this checkout ready: installs what pnpm-lock.yaml names, builds the kernel, compiles the packages, bundles the command line; each only when it is out of date.
 *
 * Needs Node, npm and the network (once), nothing global. Prints one line per step that it takes, on stderr, and nothing when all is ready.
 * Imports and syntax stay those of old Nodes, so that one too old gets a sentence and not a stack trace.
 */
import { spawnSync } from "child_process";
import { createHash } from "crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "fs";
import { basename, dirname, join } from "path";
import { fileURLToPath } from "url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = join(root, "packages");
const stampFile = join(root, "node_modules", ".sheaf-setup.json");
/** The first that the registry has is taken. Any pnpm from 9 on reads the lock file. */
const pnpmVersions = ["12.21.0", ">=10 <13"];

requireNode(20, 19);
const stamp = readStamp();
step("install", installInputs(), "installing dependencies", install);
step("kernel", kernelInputs(), "building the kernel", () => node([join(packages, "core", "kernel", "build.mjs")]));
step("packages", sourceInputs(), "compiling the packages", compile);
step("bundle", bundleInputs(), "bundling the command line", () => node([join(packages, "sheaf", "bundle.mjs")]));

/** Runs `act` unless the digest of its inputs is the one that it last succeeded with. */
function step(name, inputs, words, act) {
  const digest = digestOf(inputs);
  if (stamp[name] === digest && outputsExist(name)) return;
  process.stderr.write(`setup: ${words} … `);
  const started = Date.now();
  act();
  stamp[name] = digest;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp, null, 2) + "\n");
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function install() {
  let last;
  for (const version of pnpmVersions) {
    last = pnpm(version, ["--version"]);
    if (last.status !== 0) continue;
    const result = pnpm(version, ["install", "--frozen-lockfile", "--prod=false"]);
    if (result.status === 0) return;
    fail(
      "the dependencies could not be installed. If a package.json was changed, run: npx pnpm@" + version + " install",
      result,
    );
  }
  fail(
    "npm could not fetch pnpm, which installs the dependencies; the first setup needs a network and a package registry",
    last,
  );
}

function pnpm(version, args) {
  const env = { ...process.env, CI: "true" };
  delete env.NODE_ENV; // "production" would leave the tools out
  delete env.npm_config_call; // of an npx around this
  delete env.npm_config_package;
  const exec = ["exec", "--yes", `--package=pnpm@${version}`, "--", "pnpm"].concat(args);
  const npm = process.env.npm_execpath || "";
  const viaNode = basename(npm) === "npm-cli.js" && existsSync(npm);
  const shell = !viaNode && process.platform === "win32";
  const quoted = shell ? exec.map(word => `"${word}"`) : exec;
  return run(viaNode ? process.execPath : "npm", viaNode ? [npm].concat(exec) : quoted, { env, shell });
}

/** Compiles, then removes from each `dist` what no source stands for any more, so that no pack carries it. */
function compile() {
  node([join(root, "node_modules", "typescript", "bin", "tsc"), "-b"]);
  for (const name of packageNames()) {
    const dist = join(packages, name, "dist");
    for (const file of existsSync(dist) ? filesBelow(dist) : []) {
      const source = join(
        packages,
        name,
        "src",
        file.slice(dist.length + 1).replace(/(\.d)?\.js(\.map)?$|\.d\.ts(\.map)?$/, ".ts"),
      );
      if (/\.(js|ts|map)$/.test(file) && !existsSync(source)) rmSync(file);
    }
  }
}

function installInputs() {
  const manifests = packageNames().map(name => join(packages, name, "package.json"));
  return ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"].map(name => join(root, name)).concat(manifests);
}

function kernelInputs() {
  return filesBelow(join(packages, "core", "kernel"));
}

function sourceInputs() {
  const sources = packageNames().reduce((all, name) => all.concat(filesBelow(join(packages, name, "src"))), []);
  const configs = packageNames().map(name => join(packages, name, "tsconfig.json"));
  return [join(root, "tsconfig.base.json"), join(root, "tsconfig.json")].concat(
    configs,
    sources.filter(file => !file.endsWith(".test.ts")),
  );
}

/** What the bundle is made of. It holds what V8 makes of it, so that each Node makes its own: `digestOf` tells them apart. */
function bundleInputs() {
  return sourceInputs().concat(["bundle.mjs", "bin/load.cjs"].map(name => join(packages, "sheaf", name)));
}

/** Says whether what a step leaves behind is still there. */
function outputsExist(name) {
  if (name === "install") return packageNames().every(folder => existsSync(join(packages, folder, "node_modules")));
  if (name === "kernel") return existsSync(join(packages, "core", "src", "item", "kernel-bytes.ts"));
  if (name === "bundle") return existsSync(join(packages, "sheaf", "bundle", "sheaf.compiled"));
  return packageNames().every(folder => existsSync(join(packages, folder, "dist", ".tsbuildinfo")));
}

function packageNames() {
  return readdirSync(packages).filter(name => existsSync(join(packages, name, "package.json")));
}

/** Every file below a folder, in byte order of names; nothing when there is no such folder. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.reduce((all, entry) => {
    if (entry.name === "node_modules") return all;
    const path = join(folder, entry.name);
    return all.concat(entry.isDirectory() ? filesBelow(path) : [path]);
  }, []);
}

/** One digest over names, contents and the Node that runs. */
function digestOf(files) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.version}`);
  for (const file of files)
    hash.update(`\n${file.slice(root.length)}\n`).update(existsSync(file) ? readFileSync(file) : "absent");
  return hash.digest("hex");
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch (_) {
    return {};
  }
}

function node(args) {
  const result = run(process.execPath, args, {});
  if (result.status !== 0)
    fail(
      `node ${args
        .join(" ")
        .split(root + "/")
        .join("")} failed`,
      result,
    );
}

function run(command, args, options) {
  return spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 26,
    ...options,
  });
}

function fail(sentence, result) {
  const output = result
    ? [result.error && String(result.error), result.stdout, result.stderr].filter(Boolean).join("\n")
    : "";
  process.stderr.write(`\n${output.trimEnd()}\nsetup: ${sentence}\n`);
  process.exit(1);
}

function requireNode(major, minor) {
  const have = process.versions.node.split(".").map(Number);
  if (have[0] > major || (have[0] === major && have[1] >= minor)) return;
  fail(`Sheaf needs Node ${major}.${minor} or newer, this is ${process.versions.node} (${process.execPath})`);
}
