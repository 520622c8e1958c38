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

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.real.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
