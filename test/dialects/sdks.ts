/**
 * The vendors' own SDKs for tests, from their registries: installed once, into `node_modules/.cache`, each in a folder of its own.
 *
 * Throws, and so fails what needs it, when npm or Python is missing or an installation fails.
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const cache = join(import.meta.dirname, "../../node_modules/.cache/sheaf-sdks");

/** What a program printed, and how it ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs packages (`opik@2.0.40`) from npm; gives what imports one of them by its name. */
export function npmSdk(...packages: readonly string[]): (name: string) => Promise<Record<string, unknown>> {
  const folder = installed(packages, built => {
    writeFileSync(join(built, "package.json"), '{"private":true}\n');
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], built);
  });
  const require = createRequire(join(folder, "package.json"));
  return async name => (await import(pathToFileURL(require.resolve(name)).href)) as Record<string, unknown>;
}

/** Installs packages (`opik==2.0.40`) from PyPI in an environment of their own; gives what runs a program there. */
export function pythonSdk(...packages: readonly string[]) {
  const folder = installed(packages, built => {
    const { python, pip } = environment(built);
    run(python, [...pip, "install", "--quiet", "--disable-pip-version-check", "--no-compile", ...packages], built);
  });
  return (program: string, environment: Readonly<Record<string, string>> = {}, args: readonly string[] = []) =>
    python(join(folder, "bin/python"), program, environment, args);
}

/**
 * Makes an environment of Python; gives what installs packages there.
 *
 * Where the pip beside `python3` can reach into another environment, none is put into this one, which takes seconds; and nothing is compiled but what a program
 * imports.
 */
function environment(built: string): { python: string; pip: readonly string[] } {
  const inside = join(built, "bin/python");
  const reaches = spawnSync("python3", ["-m", "pip", "--python", "python3", "--version"]).status === 0;
  run("python3", ["-m", "venv", ...(reaches ? ["--without-pip"] : []), built], cache);
  return reaches
    ? { python: "python3", pip: ["-m", "pip", "--python", inside] }
    : { python: inside, pip: ["-m", "pip"] };
}

/** Runs a program of Python to its end, without holding up the server that it talks to. */
function python(
  executable: string,
  program: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ran> {
  const env = { PATH: process.env["PATH"], HOME: cache, LC_ALL: "C.UTF-8", ...environment };
  return new Promise(resolve => {
    execFile(executable, ["-c", program, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === "number" ? error.code : error ? 1 : 0, stdout, stderr }),
    );
  });
}

/** The folder of what these packages make, made when it is not there; what broke off is none. An environment of Python is bound to its path. */
function installed(packages: readonly string[], install: (folder: string) => void): string {
  const name = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 16);
  const folder = join(cache, name);
  const isWhole = join(folder, ".whole");
  if (existsSync(isWhole)) return folder;
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  install(folder);
  writeFileSync(isWhole, "");
  return folder;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stdout + stderr}`);
}
