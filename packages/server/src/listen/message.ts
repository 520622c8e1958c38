/**
 * Node's messages as the web's: a request comes in as `Request`, a `Response` goes out as fast as the client takes it.
 *
 * Own code rather than an adapter from elsewhere: it must cut the connection when a stream fails half way (never a short answer that looks whole), tell the
 * handler when the client has gone, write nothing to standard error, and put no words of an unforeseen error into an answer.
 */
import type { Asked } from "../asked.js";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "../problem.js";
import { WholeResponse } from "../whole-response.js";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Told of the bytes of a body that came in, or that the client took. */
export type OnBytes = (count: number) => void;

/** Makes the request. Throws 400 for what has no meaning, 405 for methods that nobody knows. */
export function toRequest(
  incoming: IncomingMessage,
  scheme: "http" | "https",
  signal: AbortSignal,
  onBytes: OnBytes,
): Asked {
  const { method = "GET", url = "/" } = incoming;
  const host = incoming.headers.host ?? "localhost";
  if (!methods.has(method))
    throw new HttpError(405, "method-not-allowed", `${method} is not understood here`, {
      allow: [...methods].join(", "),
    });
  const href = `${scheme}://${host}${url}`;
  if (!url.startsWith("/") || !hostForm.test(host) || !URL.canParse(href))
    throw new HttpError(400, "bad-input", "the target of the request, or its Host header, makes no sense");
  const hasBody = method !== "GET" && method !== "HEAD" && hasContent(incoming);
  return {
    method,
    url: new URL(href).href,
    headers: headersOf(incoming),
    body: hasBody ? (bodyOf(incoming, onBytes) as Asked["body"]) : null,
    signal,
  };
}

function hasContent({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i], rawHeaders[i + 1]);
  return headers;
}

/** Reads only when asked: what the handler does not take waits in the client. */
function bodyOf(incoming: IncomingMessage, onBytes: OnBytes): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) return controller.close();
        const { buffer, byteOffset, length } = next.value;
        onBytes(length);
        controller.enqueue(new Uint8Array(buffer, byteOffset, length));
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends the response; resolves to the bytes of its body when the client has them or has gone. Never throws: a stream that fails cuts the connection. */
export async function send(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onBytes: OnBytes,
): Promise<number> {
  const { status, headers } = response;
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  outgoing.writeHead(status);
  if (response instanceof WholeResponse) return sendWhole(response, incoming, outgoing, onBytes);
  const { body } = response;
  const reader = (incoming.method === "HEAD" ? undefined : body)?.getReader();
  if (!reader) await body?.cancel();
  let bytes = 0;
  const cancel = () => void reader?.cancel().catch(() => undefined);
  outgoing.once("close", cancel);
  try {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      bytes += next.value.length;
      if (!outgoing.write(next.value) && !outgoing.destroyed) await hasRoom(outgoing);
      onBytes(next.value.length);
    }
    outgoing.off("close", cancel);
    outgoing.end();
    endUnread(incoming);
  } catch {
    outgoing.destroy();
  }
  return bytes;
}

/** Sends a body that is in memory, in one write. */
async function sendWhole(
  { whole }: WholeResponse,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onBytes: OnBytes,
): Promise<number> {
  const sent = incoming.method === "HEAD" ? 0 : whole.length;
  if (sent > 0 && !outgoing.write(whole) && !outgoing.destroyed) await hasRoom(outgoing);
  onBytes(sent);
  outgoing.end();
  endUnread(incoming);
  return sent;
}

/** Resolves when more can be written, or never will. */
function hasRoom(outgoing: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
  });
}

/**
 * A client that is answered before it has sent everything gets a moment to read the answer, and no more.
 *
 * The connection is not closed at once: what the client still sends would make the system drop the answer on its way.
 */
const lingerMs = 1000;

function endUnread(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  incoming.resume();
  setTimeout(() => {
    if (!incoming.complete) incoming.destroy();
  }, lingerMs).unref();
}
