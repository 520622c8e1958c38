import { defineConfig } from "vitest/config";
import { alias, maxWorkers } from "./vitest.config.js";

/** The tests that need more than Node, npm and git (a network, another Node, a lot of disk), or minutes: `npm run test:real`. */
export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/src/**/*.real.test.ts", "test/**/*.real.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // One more than for the others, as these wait for downloads and for programs that they start.
    maxWorkers: maxWorkers + 1,
  },
});
