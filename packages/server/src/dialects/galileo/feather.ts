/** Feather files (Arrow IPC), read whole by a thread of their own, whose memory and time are bounded. */
import type { Worker } from "node:worker_threads";
import { badInput, parseJson, type ValueObject } from "@sheaf/core";
import type { FeatherMessage } from "./feather-worker.js";

/** What a file may want, far from what a server has: its buffers are not counted. */
const limits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
const maxMs = 60_000;

/** The program of the thread stands beside this file; run from its source, beside what was compiled of it. */
const program = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/dialects/galileo/feather-worker.js" : "./feather-worker.js",
  import.meta.url,
);

/** Resolves when the file that is read, and those that wait, are done: one at a time, so that many want no more than one. */
let before: Promise<void> = Promise.resolve();

/** The rows of a file, each field by its column. Throws bad-input for what is no Arrow data, or more than can be held. */
export async function* featherRows(bytes: Uint8Array): AsyncGenerator<ValueObject> {
  if (bytes.length === 0) throw badInput("it is empty");
  const { Worker } = await import("node:worker_threads");
  const mine = before;
  let end: () => void = () => undefined;
  before = new Promise(resolve => (end = resolve));
  await mine;
  try {
    const worker = new Worker(program, { workerData: bytes, resourceLimits: limits });
    try {
      yield* rowsSaid(worker);
    } finally {
      await worker.terminate();
    }
  } finally {
    end();
  }
}

/** What a thread says, as rows, until it is done. */
async function* rowsSaid(worker: Worker): AsyncGenerator<ValueObject> {
  const inbox: FeatherMessage[] = [];
  let tell: () => void = () => undefined;
  const put = (message: FeatherMessage) => {
    inbox.push(message);
    tell();
  };
  worker.on("message", put);
  worker.on("error", () => put({ fault: "it wants more memory than a file may" }));
  const late = setTimeout(() => put({ fault: "it takes too long to read" }), maxMs);
  try {
    for (;;) {
      if (inbox.length === 0) await new Promise<void>(resolve => (tell = resolve));
      const message = inbox.shift();
      if (message === undefined) continue;
      if ("done" in message) return;
      if ("fault" in message) throw badInput(`it cannot be read as Arrow data: ${message.fault}`);
      for (const text of message.rows) yield parseJson(text) as ValueObject;
    }
  } finally {
    clearTimeout(late);
  }
}
