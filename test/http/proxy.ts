/** A proxy on loopback for tests: opens tunnels where CONNECT asks for them, and keeps what it was asked. */
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export class TestProxy {
  /** Where tunnels went, as `host:port`. */
  readonly tunnels: string[] = [];
  /** What it wants to hear as `proxy-authorization`; anything when absent. */
  wants?: string;
  /** Closes every connection without a word. */
  isMute = false;
  readonly #server = createServer();

  static async start(): Promise<TestProxy> {
    const proxy = new TestProxy();
    const server = proxy.#server;
    server.on("connect", (request, socket: Socket, head) => {
      const { url = "", headers } = request;
      proxy.tunnels.push(url);
      if (proxy.isMute) socket.destroy();
      else if (proxy.wants !== undefined && headers["proxy-authorization"] !== proxy.wants)
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      else proxy.#tunnel(url, socket, head);
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  #tunnel(address: string, socket: Socket, head: Buffer): void {
    const [host, port] = address.split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    socket.on("error", () => onward.destroy());
    socket.on("close", () => onward.destroy());
  }
}
