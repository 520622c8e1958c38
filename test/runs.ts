/** How often a law is tried where its test does not say: a hundred times, or `SHEAF_RUNS` times to look longer. */
import fc from "fast-check";

fc.configureGlobal({ numRuns: Number(process.env["SHEAF_RUNS"] ?? 100) });
