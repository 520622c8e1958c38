/** Kills this process at the n-th call that changes the file system, n from the environment. Import it before everything else. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const killAt = Number(process.env["SHEAF_KILL_AT"] ?? 0);
let calls = 0;

/** Changing calls so far. */
export function callsSoFar(): number {
  return calls;
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

type Call = (...args: unknown[]) => unknown;
const calling = fs as unknown as Record<string, Call>;
const writeSync = fs.writeSync as Call;

// Every call counts twice: to die before it and to die after it.
for (const name of ["openSync", "mkdirSync", "linkSync", "unlinkSync", "fsync"]) {
  const call = calling[name];
  calling[name] = (...args) => {
    if (++calls === killAt) die();
    const result = call(...args);
    if (++calls === killAt) die();
    return result;
  };
}

// A write can stop anywhere.
for (const name of ["writeSync", "write"]) {
  const call = calling[name];
  calling[name] = (descriptor, bytes, at, length, ...rest) => {
    if (descriptor === 1) return call(descriptor, bytes, at, length, ...rest);
    if (++calls === killAt) {
      writeSync(descriptor, bytes, at, (length as number) >> 1);
      die();
    }
    return call(descriptor, bytes, at, length, ...rest);
  };
}
syncBuiltinESMExports();
