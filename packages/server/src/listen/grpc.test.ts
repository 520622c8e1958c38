import { connect as connectTo } from "node:http2";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { arize } from "../dialects/arize/dialect.js";
import { starter } from "./testing.js";

const start = starter(onTestFinished);

/** Calls a method as a client of gRPC does; gives the bytes that came, and headers and trailers. */
function called(url: string, path: string, body: Uint8Array) {
  const session = connectTo(url);
  onTestFinished(() => session.destroy());
  return new Promise<{ bytes: Buffer; told: Record<string, unknown> }>((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    const told: Record<string, unknown> = {};
    stream.on("response", headers => Object.assign(told, headers));
    stream.on("trailers", headers => Object.assign(told, headers));
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => resolve({ bytes: Buffer.concat(chunks), told }));
    stream.on("error", reject);
    session.on("error", reject);
    stream.end(body);
  });
}

const some = new Uint8Array(100_000);

test("a call that is not served is refused at once, with what its dialect says, and HTTP goes on beside it", async () => {
  const { url } = await start([], { dialects: [arize] });
  for (const [path, why] of [
    ["/arrow.flight.protocol.FlightService/DoGet", "force_http"],
    ["/nobody.Knows/This", "nothing here"],
  ]) {
    const { bytes, told } = await called(url, path, some);
    expect([bytes.length, told[":status"], told["grpc-status"]]).toEqual([0, 200, "12"]);
    expect(decodeURIComponent(String(told["grpc-message"]))).toContain(why);
  }
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("traces are taken, and the answer says that they are not kept", async () => {
  const { url } = await start([], { dialects: [arize] });
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  const { bytes, told } = await called(url, path, some);
  expect([told["grpc-status"], bytes.readUInt32BE(1)]).toEqual(["0", bytes.length - 5]);
  expect(bytes.toString()).toContain("keeps no traces");
});

test("a connection of HTTP/2 holds up no stop, and one that talks nonsense is cut", async () => {
  const { url, port, stop } = await start([], { dialects: [arize] });
  const idle = connectTo(url);
  await new Promise(resolve => idle.once("remoteSettings", resolve));
  const closed = new Promise(resolve => idle.on("error", () => undefined).once("close", resolve));
  await new Promise<void>(resolve => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"\xff".repeat(100)}`),
    );
    socket
      .on("error", () => undefined)
      .on("data", () => undefined)
      .on("close", () => resolve());
  });
  await stop(10_000);
  await closed;
});

test("a connection of HTTP/2 over which nothing goes is cut", async () => {
  const { url } = await start([], { dialects: [arize], idleMs: 20 });
  const idle = connectTo(url);
  await new Promise(resolve => idle.on("error", () => undefined).once("close", resolve));
});

test("a connection of HTTP/2 is not taken for one whose head is late", async () => {
  const { url } = await start([], { dialects: [arize], headMs: 20 });
  const session = connectTo(url);
  onTestFinished(() => session.destroy());
  const call = () =>
    new Promise(resolve => {
      const stream = session.request({ ":method": "POST", ":path": "/a.B/C" });
      stream.on("response", headers => resolve(headers["grpc-status"])).resume();
      stream.end();
    });
  for (let i = 0; i < 100; i++) expect(await call()).toBe("12");
});
