/** Takes a pack that arrives into a scratch file, and checks the sha1 at its end. */
import { joinBytes, type Watch } from "@sheaf/core";
import type { GitPlatform, RunningSha1 } from "../object.js";
import { readOid } from "../oid.js";
import { badPack, headBytes, trailerBytes } from "./entry.js";
import type { Scratch } from "./scratch.js";

/** Bytes that gather before they are written. */
const writeBytes = 1 << 18;

/** Writes the whole stream; throws bad-input when its end is not the sha1 of the rest. Gives the number of its bytes: 0 for no pack at all. */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  scratch: Scratch,
  platform: GitPlatform,
  { signal, progress }: Watch = {},
): Promise<number> {
  const sum = new TrailingSum(platform.startSha1());
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let total = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    sum.update(chunk);
    waiting.push(chunk);
    waitingBytes += chunk.length;
    total += chunk.length;
    if (waitingBytes < writeBytes) continue;
    await scratch.append(joinBytes(waiting));
    waiting = [];
    waitingBytes = 0;
    progress?.({ phase: "receiving", done: total, unit: "bytes" });
  }
  await scratch.append(joinBytes(waiting));
  if (total === 0) return 0;
  if (total < headBytes + trailerBytes) throw badPack("is cut off");
  if (!sum.holds()) throw badPack("was damaged or cut off on its way; fetch again");
  progress?.({ phase: "receiving", done: total, total, unit: "bytes" });
  return total;
}

/** A sha1 of all bytes but the last 20, which say what it must be. */
class TrailingSum {
  #tail: Uint8Array = new Uint8Array(0);

  constructor(readonly sha1: RunningSha1) {}

  update(chunk: Uint8Array): void {
    const joined = chunk.length >= trailerBytes ? chunk : joinBytes([this.#tail, chunk]);
    if (joined === chunk) this.sha1.update(this.#tail);
    const cut = Math.max(0, joined.length - trailerBytes);
    this.sha1.update(joined.subarray(0, cut));
    this.#tail = joined.slice(cut);
  }

  holds(): boolean {
    return this.sha1.end() === readOid(this.#tail, 0);
  }
}
