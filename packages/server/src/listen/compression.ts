/** Compresses answers for clients that ask for it: brotli or gzip, streams as they come. Never what is small, or compressed already. */
import type { Asked } from "../asked.js";
import { constants, createBrotliCompress, createGzip } from "node:zlib";

/** Less is not worth the head. */
const minBytes = 1024;
const compressible =
  /^(?:text\/(?!event-stream)|application\/(?:(?:.*\+)?json|x-ndjson|vnd\.ipld\.car|x-git-upload-pack-advertisement)\b)/;
/** As fast as gzip, and smaller. */
const brotliQuality = 4;
const gzipLevel = 5;

/** The response in the coding that the request likes best, or as it is. */
export function compressed(request: Asked, response: Response): Response {
  const { headers, status } = response;
  if (status === 206 || headers.has("content-encoding")) return response;
  if (!compressible.test(headers.get("content-type") ?? "")) return response;
  headers.append("vary", "Accept-Encoding");
  const length = headers.get("content-length");
  if (request.method === "HEAD" || (length !== null && Number(length) < minBytes)) return response;
  const coding = preferred(request.headers.get("accept-encoding"));
  if (coding === undefined) return response;
  const { body } = response;
  if (body === null) return response;
  const changed = new Headers(headers);
  changed.set("content-encoding", coding);
  changed.delete("content-length");
  changed.delete("accept-ranges");
  return new Response(through(body, coding), { status, headers: changed });
}

type Coding = "br" | "gzip";

/** The coding with the greatest weight; brotli where both are liked alike. */
function preferred(header: string | null): Coding | undefined {
  const weights = new Map<string, number>();
  for (const part of (header ?? "").slice(0, 1000).split(",")) {
    const [name, ...parameters] = part.split(";").map(text => text.trim().toLowerCase());
    const quality = parameters.find(text => text.startsWith("q="));
    weights.set(name, quality === undefined ? 1 : Number(quality.slice(2)));
  }
  const weight = (coding: Coding) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [brotli, gzip] = [weight("br"), weight("gzip")];
  if (!(brotli > 0) && !(gzip > 0)) return undefined;
  return brotli >= gzip ? "br" : "gzip";
}

function through(body: ReadableStream<Uint8Array>, coding: Coding): ReadableStream<Uint8Array> {
  const zip =
    coding === "gzip"
      ? createGzip({ level: gzipLevel })
      : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } });
  const reader = body.getReader();
  void feed(reader, zip);
  const chunks = zip[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel(reason) {
        zip.destroy();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

type Zip = ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress>;

/** Gives the compressor one chunk after another; its callback comes when it has room for the next. */
async function feed(reader: ReadableStreamDefaultReader<Uint8Array>, zip: Zip): Promise<void> {
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      await new Promise<void>((resolve, reject) => {
        zip.write(value, error => (error ? reject(error) : resolve()));
        zip.once("close", resolve);
      });
      if (zip.destroyed) return;
    }
    zip.end();
  } catch (error) {
    zip.destroy(error instanceof Error ? error : new Error("the body failed"));
  }
}
