/** What a stranger gets: every package packed, installed with npm in an empty project, compiled there under strict TypeScript, and run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const published = ["core", "drives", "formats", "git", "server", "client", "cli", "sheaf"];
const base = mkdtempSync(join(tmpdir(), "sheaf pack "));
const tarballs = join(base, "tarballs");
const project = join(base, "project");

/** Runs a program as a stranger would: npm's own variables would point it back into this workspace. Throws with all that it printed. */
function run(cwd: string, command: string, ...args: string[]): string {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV|INIT_CWD)/.test(name));
  const result = spawnSync(command, args, {
    cwd,
    env: Object.fromEntries(inherited),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${result.status}\n${result.stdout}\n${result.stderr}`, {
    cause: result.error,
  });
}

/** The README's first program, with the types that it promises written out. */
const program = `
import { Repository } from "sheaf";

const repository: Repository = await Repository.open("./evals", { create: true });
const qa = repository.dataset("qa");
const rows = [{ id: "q1", answer: "4" }, { id: "q7", answer: "7" }];
await qa.import(rows, { key: "id", message: "first import" });
await repository.branch("fix", { at: "main" });
await qa.patch([{ op: "replace", path: "/items/q7/answer", value: "42" }], { branch: "fix", message: "q7" });
const changed: string[] = [];
for await (const change of repository.diff("main", "fix")) if (change.kind === "changed") changed.push(change.id);
const merged = await repository.merge("fix", { into: "main" });
if ("conflicts" in merged) throw new Error("nothing to quarrel about");
const commit: string = merged.commit;
await repository.tag("v1", { at: "main" });
const items: unknown[] = [];
for await (const { item } of qa.rows({ at: "v1", offset: 0, limit: 50 })) items.push(item);
console.log(JSON.stringify({ changed, merged: commit.length > 0, items }));
`;

const options = {
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  types: ["node"],
};

beforeAll(() => {
  for (const folder of [tarballs, project]) mkdirSync(folder, { recursive: true });
  const filters = published.map(name => `--filter ./packages/${name}`).join(" ");
  const pack = `pnpm --recursive ${filters} pack --pack-destination '${tarballs}'`;
  run(root, "npm", "exec", "--yes", "--package=pnpm@12.21.0", "--call", pack);
  const manifest = { name: "stranger", private: true, type: "module" };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const packed = readdirSync(tarballs).map(name => join(tarballs, name));
  run(project, "npm", "install", "--no-audit", "--no-fund", ...packed, "typescript@5", "@types/node@20");
  writeFileSync(join(project, "main.ts"), program);
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe.each(published)("the package of %s", name => {
  const files = () => {
    const tarball = readdirSync(tarballs).find(file =>
      file.startsWith(name === "sheaf" ? "sheaf-0" : `sheaf-${name}-`),
    );
    return run(tarballs, "tar", "-tzf", tarball ?? "")
      .trim()
      .split("\n")
      .map(file => file.replace(/^package\//, ""));
  };

  test("holds what was built, its manifest and its license, and nothing else", () => {
    const rest = files().filter(
      file =>
        !/^(dist\/.+\.(js|js\.map|d\.ts)|bundle\/sheaf\.(cjs|compiled)|bundle\/(LICENSES\.txt|(feather|line|portion)-worker\.js|undici\.cjs)|bin\/(sheaf|load)\.cjs|package\.json|LICENSE|README\.md)$/.test(
          file,
        ),
    );
    expect(rest).toEqual([]);
    expect(files()).toEqual(expect.arrayContaining(["package.json", "LICENSE"]));
    expect(files().filter(file => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
  });

  test("holds every file that it exports, and source maps that carry their sources", () => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const exported = Object.values<{ types: string; default: string }>(manifest.exports).flatMap(entry =>
      Object.values(entry),
    );
    expect(files()).toEqual(expect.arrayContaining(exported.map(path => path.replace("./", ""))));
    const installed = join(project, "node_modules", manifest.name);
    const maps = files().filter(file => file.endsWith(".map"));
    const bare = maps.filter(file => !JSON.parse(readFileSync(join(installed, file), "utf8")).sourcesContent?.[0]);
    expect(bare).toEqual([]);
  });

  test("depends on nothing that only this workspace has", () => {
    const folder = join(project, "node_modules", name === "sheaf" ? "sheaf" : `@sheaf/${name}`);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    expect(Object.values(dependencies).filter(range => !/^[\^~]?\d+\.\d+\.\d+$/.test(range))).toEqual([]);
    expect(existsSync(join(folder, "node_modules/@sheaf"))).toBe(false);
  });
});

test.each(["sheaf/bundle", "@sheaf/drives/dist"])("the thread that encodes lines starts from %s", folder => {
  const thread = JSON.stringify(join(project, "node_modules", folder, "line-worker.js"));
  const starts = `new (require("worker_threads").Worker)(${thread}).once("message", word => process.exit(word === "ready" ? 0 : 1))`;
  run(project, "node", "-e", starts);
});

test.each([
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
])(
  "a stranger's program compiles with module %s and resolution %s, libraries checked too",
  (module, moduleResolution) => {
    const config = { compilerOptions: { ...options, module, moduleResolution, noEmit: true }, files: ["main.ts"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
    expect(run(project, "npx", "tsc", "-p", ".")).toBe("");
  },
);

test("a stranger's program with a wrong type does not compile", () => {
  writeFileSync(join(project, "wrong.ts"), program.replace("create: true", 'create: "yes"'));
  const compilerOptions = { ...options, module: "nodenext", noEmit: true, skipLibCheck: true };
  const config = { compilerOptions, files: ["wrong.ts"] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  expect(() => run(project, "npx", "tsc", "-p", ".")).toThrow("TS2322");
});

test("a stranger's program runs", () => {
  const compilerOptions = { ...options, module: "nodenext", outDir: "out", skipLibCheck: true };
  const config = { compilerOptions, files: ["main.ts"] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  run(project, "npx", "tsc", "-p", ".");
  const items = [
    { id: "q1", answer: "4" },
    { id: "q7", answer: "42" },
  ];
  expect(JSON.parse(run(project, "node", "out/main.js"))).toEqual({ changed: ["q7"], merged: true, items });
});

test("the program works where it was installed", () => {
  expect(run(project, "npx", "--no-install", "sheaf", "--version").trim()).toBe("0.1.0");
  const folder = join(base, "repository");
  writeFileSync(join(base, "rows.jsonl"), '{"id":"a","n":1.0}\n{"id":"b","n":2}\n');
  run(project, "npx", "--no-install", "sheaf", "init", folder);
  run(project, "npx", "--no-install", "sheaf", "-C", folder, "import", "qa", join(base, "rows.jsonl"), "--key", "id");
  const item = run(project, "npx", "--no-install", "sheaf", "-C", folder, "get", "qa", "a", "--json");
  expect(item.trim()).toBe('{"id":"a","n":1.0}');
});

test("every entry can be imported by itself, without TypeScript", () => {
  const entries = ["sheaf", "sheaf/memory", "sheaf/client", "@sheaf/core", "@sheaf/drives/memory", "@sheaf/formats"];
  const script = `for (const name of ${JSON.stringify(entries)}) console.log(name, Object.keys(await import(name)).length > 0)`;
  const printed = run(project, "node", "--input-type=module", "-e", script).trim().split("\n");
  expect(printed).toEqual(entries.map(name => `${name} true`));
});
