/** Bundles a script of this folder with the sources it needs, so that a child process can run it without a build. */
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Bundler = { build(options: object): Promise<unknown> };

/** Gives the path of the bundle, and how to remove it. The bundler is the one that the test runner brings. */
export async function bundle(script: string): Promise<{ path: string; remove: () => void }> {
  const require = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));
  const { build } = (await import(pathToFileURL(require.resolve("vite")).href)) as Bundler;
  const folder = mkdtempSync(join(tmpdir(), "sheaf-bundle-"));
  const source = join(import.meta.dirname, "../..");
  await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    resolve: { alias: [{ find: /^@sheaf\/core$/, replacement: join(source, "core/src/index.ts") }] },
    build: {
      ssr: join(import.meta.dirname, script),
      outDir: folder,
      minify: false,
      rollupOptions: { output: { entryFileNames: "script.mjs" } },
    },
    ssr: { noExternal: true },
  });
  return { path: join(folder, "script.mjs"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
