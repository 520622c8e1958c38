/**
 * gRPC, as far as to say no: some vendors' SDKs speak it beside HTTP, and without an answer they would try again for long.
 *
 * HTTP/2 comes over the same port, told by the words that begin it: what Node's HTTP/1.1 server then cannot read is handed over. Every call is answered at once
 * with what a dialect says of its path, and what it sends is not looked at.
 */
import { createServer, type Http2Session, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { GrpcAnswer } from "../dialects/dialect.js";

/** A request head that Node could not read. */
export interface BadHead extends Error {
  readonly code?: string;
  readonly rawPacket?: Uint8Array;
}

/** Of calls in one connection. */
const maxCalls = 32;
/** gRPC's number for a method that is not served. */
const unimplemented = 12;

export class Grpc {
  readonly #server = createServer({ settings: { maxConcurrentStreams: maxCalls }, maxSessionMemory: 4 });
  readonly #taken = new WeakSet<Socket>();
  readonly #sessions = new Set<Http2Session>();

  /** @param idleMs  a connection over which nothing goes for so long is cut */
  constructor(
    readonly answer: (path: string) => GrpcAnswer | undefined,
    idleMs: number,
  ) {
    this.#server.on("session", (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.on("error", () => undefined).once("close", () => this.#sessions.delete(session));
      session.setTimeout(idleMs, () => session.destroy());
    });
    this.#server.on("stream", (stream: ServerHttp2Stream, headers) => {
      reply(stream, this.answer(headers[":path"] ?? ""));
    });
    this.#server.on("sessionError", () => undefined);
  }

  /** Says whether a connection is one of HTTP/2; it is served here from then on. */
  takes({ code, rawPacket }: BadHead, socket: Socket): boolean {
    // Node looks after heads that are late in connections that it gave away, too.
    if (this.#taken.has(socket)) return true;
    if (code !== "HPE_PAUSED_H2_UPGRADE" || !rawPacket) return false;
    this.#taken.add(socket);
    for (const event of ["data", "end", "drain"]) socket.removeAllListeners(event);
    // What is idle is for the session to say from now on: the socket is not told of what comes and goes.
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(Buffer.from(rawPacket));
    this.#server.emit("connection", socket);
    // What was read already is taken over in the next tick; then the rest may come.
    setImmediate(() => socket.resume());
    return true;
  }

  /** Ends every connection. */
  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

function reply(stream: ServerHttp2Stream, answer: GrpcAnswer | undefined): void {
  stream.on("error", () => undefined);
  stream.resume();
  const head = { ":status": 200, "content-type": "application/grpc" };
  if (answer && "message" in answer) {
    stream.respond(head, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(framed(answer.message));
    return;
  }
  const why = answer?.refusal ?? "there is nothing here that speaks gRPC";
  stream.respond(
    { ...head, "grpc-status": String(unimplemented), "grpc-message": encodeURIComponent(why) },
    { endStream: true },
  );
}

/** A message as gRPC sends it: not compressed, its length in front. */
function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}
