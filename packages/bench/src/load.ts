/** Load on a server by autocannon, a common generator: requests a second, and how long single ones took. The only file that knows it. */
import autocannon from "autocannon";

/** What clients send, over and over; `next` makes each request anew. */
export interface Load {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly next: (turn: number) => Sent;
}

export interface Sent {
  readonly method: "GET" | "PATCH";
  readonly path: string;
  readonly body?: string;
}

/** What came of it: rates per second, times in milliseconds. */
export interface Outcome {
  readonly perSecond: number;
  readonly p50: number;
  readonly p97: number;
  readonly p99: number;
  /** Answers other than 2xx, and requests without one. */
  readonly failed: number;
}

/** Sends as fast as answers come, each client one request at a time. */
export async function put({ url, clients, seconds, next }: Load): Promise<Outcome> {
  let turn = 0;
  const result = await autocannon({
    url,
    connections: clients,
    duration: seconds,
    requests: [
      {
        setupRequest: request => {
          const { method, path, body } = next(turn++);
          const headers = { ...request.headers, "content-type": "application/json-patch+json" };
          return { ...request, method, path, headers, ...(body === undefined ? {} : { body }) };
        },
      },
    ],
  });
  const { requests, latency, errors, timeouts, non2xx } = result;
  return {
    perSecond: requests.average,
    p50: latency.p50,
    p97: latency.p97_5,
    p99: latency.p99,
    failed: errors + timeouts + non2xx,
  };
}
