/** A line to a server that breaks now and then: requests that never arrive, and replies that never come back. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Cutter {
  readonly endpoint: string;
  /** Requests that did not arrive, and replies that were lost, so far. */
  readonly cut: { before: number; after: number };
  close(): Promise<void>;
}

/** Passes everything on to the endpoint, but breaks about one exchange in `every`, half of them after the server did what it was asked. */
export async function startCutter(endpoint: string, every: number, seed: number): Promise<Cutter> {
  const cut = { before: 0, after: 0 };
  let state = seed;
  /** A small pseudo-random number, the same for the same seed: Park and Miller's. */
  const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const server = createServer((request, response) => {
    const fate = draw() * every;
    if (fate < 0.5) {
      cut.before++;
      return void request.socket.destroy();
    }
    pass(endpoint, request, response, fate < 1 ? () => cut.after++ : undefined);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    const closed = new Promise(resolve => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, close };
}

function pass(endpoint: string, request: IncomingMessage, response: ServerResponse, lose?: () => void): void {
  // The host stays as it was signed.
  const { method, headers, url } = request;
  const onward = ask(`${endpoint}${url}`, { method, headers }, answer => {
    if (lose) {
      lose();
      answer.resume();
      answer.on("end", () => request.socket.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => request.socket.destroy());
  request.pipe(onward);
}
