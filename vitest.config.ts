import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** Tests run on the sources, so that a change needs no build (only the kernel is built, by `npm run build`). */
export const alias = [
  { find: /^sheaf$/, replacement: source("sheaf/src/index.ts") },
  { find: /^sheaf\/(.+)$/, replacement: source("sheaf/src/$1.ts") },
  { find: /^@sheaf\/core\/testing$/, replacement: source("core/src/testing/index.ts") },
  { find: /^@sheaf\/([a-z]+)$/, replacement: source("$1/src/index.ts") },
  { find: /^@sheaf\/([a-z]+)\/(.+)$/, replacement: source("$1/src/$2.ts") },
];

/** Processes that tests run in: one a processor, two at the least as many wait for others, four at the most as each holds all modules. */
export const maxWorkers = Math.min(4, Math.max(2, availableParallelism()));

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.real.test.ts"],
    globalSetup: [fileURLToPath(new URL("test/temporary.ts", import.meta.url))],
    setupFiles: [fileURLToPath(new URL("test/runs.ts", import.meta.url))],
    testTimeout: 60_000 * Math.max(1, Number(process.env["SHEAF_RUNS"] ?? 100) / 100),
    hookTimeout: 120_000,
    maxWorkers,
    // These processes share their modules among files: tests change no global state, and loading is a fifth of the time otherwise.
    pool: "forks",
    isolate: false,
  },
});
