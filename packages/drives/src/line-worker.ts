/** The encoding thread: lines of JSON come in, blocks and their digests go out. `line-thread.ts` starts it. */
import { parentPort } from "node:worker_threads";
import { LineEncoder } from "@sheaf/core";
import { addRows, memoryOf, toFlaw, type Answer, type Flaw, type Parcel, type Request } from "./line-parcel.js";
import { nodePlatform } from "./node.js";

let encoder = new LineEncoder();

function answer(request: Request): void {
  if ("begin" in request) {
    encoder = new LineEncoder(request.begin);
    return;
  }
  const { parcel } = request;
  const { count, flaw } = fill(request);
  takeDigests(parcel, count);
  send({ parcel, count, ...(flaw === undefined ? {} : { flaw }) }, memoryOf(parcel));
}

function fill({ parcel, length, isLast }: Exclude<Request, { begin: unknown }>): { count: number; flaw?: Flaw } {
  let count = 0;
  let bytes = 0;
  try {
    for (const batches of [encoder.push(parcel.text.subarray(0, length)), isLast ? encoder.finish() : []])
      for (const batch of batches) {
        addRows(parcel, count, bytes, batch);
        count += batch.count;
        bytes += batch.bytes.length;
      }
    return { count };
  } catch (error) {
    return { count, flaw: toFlaw(error) };
  }
}

function takeDigests({ bytes, starts, ends, digests }: Parcel, count: number): void {
  for (let i = 0; i < count; i++) nodePlatform.digestInto(bytes.subarray(starts[i], ends[i]), digests, i * 32);
}

function send(reply: "ready" | Answer, memory: ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, memory);
}

parentPort?.on("message", answer);
send("ready");
