#!/usr/bin/env node
// The command `sheaf`: hands the process's words and streams to the command line, and takes its exit code.
"use strict";
const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(130); // asked twice: do not wait for the work to stop
  interrupt.abort();
});

const { processIo, run } = require("./load.cjs").load().exports;
run(process.argv.slice(2), processIo(interrupt.signal)).then(code => void (process.exitCode = code));
