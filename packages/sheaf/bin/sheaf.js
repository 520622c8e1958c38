#!/usr/bin/env node
// The command `sheaf`: hands the process's words and streams to the command line, and takes its exit code.
import { processIo, run } from "../bundle/run.js";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(130); // asked twice: do not wait for the work to stop
  interrupt.abort();
});
process.exitCode = await run(process.argv.slice(2), processIo(interrupt.signal));
