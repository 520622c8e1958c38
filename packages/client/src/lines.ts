/** Bytes as they come, as lines of text. */
import { SheafError } from "@sheaf/core";

/** Gives the bytes of a body as they come; who stops reading stops the sender. */
export async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Cuts bytes into lines, without their line ends. Throws remote-failed where the last line has none: a stream never ends within one. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, remote: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest + decoder.decode() === "") return;
  const reason = "its answer ended within a line";
  throw new SheafError("remote-failed", { remote, reason }, `${remote}: ${reason}`);
}
