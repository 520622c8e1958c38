/**
 * The only port: Node's HTTP server around a service, with its time-outs, bounds and a stop that finishes what was begun.
 */
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { SheafError } from "@sheaf/core";
import type { Asked } from "../asked.js";
import { judge, problemResponse } from "../problem.js";
import type { Service } from "../service.js";
import { Deadline } from "./deadline.js";
import { Grpc, type BadHead } from "./grpc.js";
import { send, toRequest } from "./message.js";

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Certificate and key, as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly connections?: number;
  /** A client must send the head of a request within so many milliseconds. */
  readonly headMs?: number;
  /** A connection over which nothing goes either way for so long is cut, unless the server is at work on an answer. */
  readonly idleMs?: number;
  /** A request is answered within so many milliseconds, and its body and its answer get somewhere as often; else it is stopped, events aside. */
  readonly requestMs?: number;
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no new requests, finishes those under way, cuts what is left after so many milliseconds; resolves when all is over. */
  stop(withinMs: number): Promise<void>;
}

const defaults = { connections: 1024, headMs: 15_000, idleMs: 60_000, requestMs: 300_000 };
/** Between two looks at what has been kept for long enough. */
const tidyMs = 60_000;
/** Of one request's head. */
const maxHeadBytes = 32_768;

/** Begins to listen. Throws refused when the port cannot be had, bad-input for a certificate that is none. */
export async function listen(service: Service, options: ListenOptions): Promise<Listening> {
  const { host, port, tls } = options;
  const scheme = tls ? "https" : "http";
  const server = makeServer(options);
  const serving = { service, scheme, requestMs: options.requestMs ?? defaults.requestMs } as const;
  const open = new Map<Socket, ServerResponse | undefined>();
  server.on("connection", socket => {
    open.set(socket, undefined);
    socket.once("close", () => open.delete(socket));
  });
  server.on("timeout", (socket: Socket) => {
    if (isAtWork(open.get(socket))) socket.setTimeout(options.idleMs ?? defaults.idleMs);
    else socket.destroy();
  });
  const grpc = withGrpc(server, service, options.idleMs ?? defaults.idleMs);
  let isStopping = false;
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    open.set(incoming.socket, outgoing);
    if (isStopping) outgoing.setHeader("connection", "close");
    outgoing.once("close", () => {
      if (isStopping) setImmediate(() => server.closeIdleConnections());
    });
    void serve(serving, incoming, outgoing);
  });
  await listening(server, host, port);
  const tidying = setInterval(() => service.tidy(), tidyMs).unref();
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    stop: withinMs => {
      isStopping = true;
      clearInterval(tidying);
      grpc.close();
      for (const outgoing of open.values())
        if (outgoing?.headersSent === false) outgoing.setHeader("connection", "close");
      return stop(server, service, withinMs);
    },
  };
}

/** Hands connections of HTTP/2 over; what Node could make no request of else is refused. */
function withGrpc(server: Server, service: Service, idleMs: number): Grpc {
  const grpc = new Grpc(path => service.grpc(path), idleMs);
  server.on("clientError", (error: BadHead, socket: Socket) => {
    if (!grpc.takes(error, socket)) refuseBadHead(error, socket);
  });
  return grpc;
}

/** What Node could make no request of: as a problem, like every refusal. */
function refuseBadHead({ code }: BadHead, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const { status, ...problem } = headRefusals[code ?? ""] ?? headRefusals["HPE"];
  const body = `${JSON.stringify({ ...problem, requestId: "", status, title: problem.code })}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const headRefusals: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  HPE: { status: 400, code: "bad-input", detail: "this is no request of HTTP/1.1" },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "too-large",
    detail: `the head of a request, its URL too, holds at most ${maxHeadBytes} bytes`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "too-slow",
    detail: "the head of the request took too long to arrive",
  },
};

function makeServer(options: ListenOptions): Server {
  const { headMs, idleMs, connections } = { ...defaults, ...options };
  const common = {
    headersTimeout: headMs,
    // How often Node looks for heads that are late; its own choice would let them stay twice as long.
    connectionsCheckingInterval: Math.min(headMs, 5000),
    requestTimeout: 0,
    maxHeaderSize: maxHeadBytes,
    keepAliveTimeout: 10_000,
  };
  const server = options.tls ? secureServer({ ...common, ...options.tls }) : createServer(common);
  server.maxConnections = connections;
  server.timeout = idleMs;
  return server;
}

function secureServer(options: Parameters<typeof createTlsServer>[0]): Server {
  try {
    return createTlsServer({ ...options, minVersion: "TLSv1.2" });
  } catch (error) {
    throw new SheafError("bad-input", {}, `the certificate and key cannot be used: ${(error as Error).message}`);
  }
}

/** Says whether a request has come in whole and the client has taken all that there is of its answer: then silence is the server's own. */
function isAtWork(outgoing: ServerResponse | undefined): boolean {
  return outgoing !== undefined && outgoing.req.complete && outgoing.writableLength === 0 && !outgoing.writableEnded;
}

/** Answers one request, within its time. */
async function serve(
  { service, scheme, requestMs }: Serving,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  const deadline = new Deadline(requestMs, () => !incoming.complete);
  const moved = (bytes: number) => deadline.moved(bytes);
  outgoing.once("close", () => {
    deadline.end();
    if (!outgoing.writableFinished) gone.abort();
  });
  outgoing.on("error", () => undefined);
  incoming.on("error", () => undefined);
  let request: Asked;
  try {
    request = toRequest(incoming, scheme, gone.signal, moved);
  } catch (error) {
    return void (await send(problemResponse(judge(error), ""), incoming, outgoing, moved));
  }
  const answering = service.fetch(request);
  void deadline.over.then(error => {
    gone.abort(error);
    if (outgoing.headersSent) outgoing.destroy();
  });
  const response = await Promise.race([answering, deadline.over.then(error => service.refuse(request, error))]);
  deadline.renew();
  if (isEndless(response)) deadline.end();
  const bytes = await send(response, incoming, outgoing, moved);
  const rest = answering.then(late => (late === response ? undefined : late.body?.cancel())).catch(() => undefined);
  service.finish(request, response.status, bytes, rest);
}

/** What a request is answered with, and how. */
interface Serving {
  readonly service: Service;
  readonly scheme: "http" | "https";
  readonly requestMs: number;
}

/** Says whether the stream lasts until the client leaves. */
function isEndless({ headers }: Response): boolean {
  return headers.get("content-type") === "text/event-stream";
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "something listens there already; choose another with --port" : error.message;
      reject(new SheafError("refused", {}, `cannot listen at ${host}, port ${port}: ${why}`));
    });
    server.listen({ host, port }, resolve);
  });
}

async function stop(server: Server, service: Service, withinMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeIdleConnections();
  const bound = setTimeout(() => server.closeAllConnections(), withinMs);
  const late = new Promise<void>(resolve => setTimeout(resolve, withinMs).unref());
  await Promise.race([Promise.all([service.close(), closed]), late]);
  clearTimeout(bound);
  server.closeAllConnections();
  await closed;
}
