/** What comes over a socket that no client library would send: heads, targets and framings of bodies, put together at random. */
import { connect } from "node:net";
import fc from "fast-check";
import { gzipSync } from "node:zlib";

/** Bytes to send as they are. */
export type Bytes = Buffer;

/** Sends bytes and gives what comes back until the server closes the connection, which it must. */
export function send(port: number, bytes: Bytes): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("latin1").on("data", (chunk: string) => (answer += chunk));
    // A server that has said enough may reset what is still being sent.
    socket.on("error", (error: Error) => (/ECONNRESET|EPIPE/.test(error.message) ? undefined : reject(error)));
    socket.on("close", () => resolve(answer));
  });
}

const methods = fc.constantFrom(
  "GET",
  "GET",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
  "G\0T",
  "",
  "M-SEARCH",
  "PROPFIND",
  "X".repeat(5000),
  "GET ",
  "\xff",
);

const api = "/api/v1/datasets";
const targets = fc.constantFrom(
  `${api}/qa`,
  `${api}/qa/rows`,
  api,
  "/healthz",
  "/metrics",
  "/",
  "*",
  "",
  "//",
  "///etc/passwd",
  "/..",
  "/../../etc/passwd",
  "http://evil.example/",
  "http://127.0.0.1/healthz",
  "https://u:p@127.0.0.1/",
  "file:///etc/passwd",
  "evil.example:443",
  "127.0.0.1:80",
  `//evil.example${api}`,
  `/\\evil.example${api}`,
  `\\${api}`,
  `${api}/..%2f..%2fetc`,
  `${api}/%2e%2e/%2e%2e`,
  `${api}/%00`,
  `${api}/qa%00`,
  `${api}/%c0%ae%c0%ae/%c0%af`,
  `${api}/%e0%80%af`,
  `${api}/%ff`,
  `${api}/%`,
  `${api}/%u002e`,
  `${api}/\xff\xfe`,
  `${api}/qa/rows/%2e`,
  `${api}?${"a=1&".repeat(5000)}`,
  `${api}?${"x".repeat(30_000)}`,
  `${api}/${"a".repeat(20_000)}`,
  `${api}/${"%2F".repeat(5000)}`,
  `${api}#x`,
  `${api}?#`,
  `${api}??`,
  `${api}?at=%ff`,
  `${api};a=b`,
  `${api}/qa/../qa`,
  `${api}/./qa`,
  `/api//v1/datasets`,
  "/API/V1/DATASETS",
  "/evals.git/info/refs?service=git-receive-pack",
  "/evals.git/HEAD",
  "/evals.git/objects/../../x",
  "/.git/config",
  "/favicon.ico",
);

const versions = fc.constantFrom(
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/2.0",
  "HTTP/9.9",
  "HTP/1.1",
  "",
  "HTTP/1.1 x",
);

const hosts = fc.constantFrom(
  "127.0.0.1",
  "127.0.0.1",
  "127.0.0.1",
  "localhost",
  "localhost:1",
  "[::1]",
  "evil.example",
  "evil.example:80",
  "127.0.0.1.evil.example",
  "",
  "127.0.0.1@evil.example",
  "localhost/",
  "localhost#",
  "localhost?x",
  "LOCALHOST",
  "localhost.",
  "[::1",
  "::1",
  "[::ffff:127.0.0.1]",
  "127.1",
  "0",
  "2130706433",
  "localhost:99999",
  "localhost:-1",
  "localhost:x",
  "a b",
  "\xff",
  "xn--e1afmkfd.example",
  "localhost,evil.example",
  "x".repeat(3000),
);

const headers = fc.constantFrom(
  "Host: evil.example",
  "Host: 127.0.0.1",
  "Content-Length: 5",
  "Content-Length: 7",
  "Content-Length: -1",
  "Content-Length: 1e9",
  "Content-Length: 0x5",
  "Content-Length: 99999999999999999999",
  "Content-Length: 5, 5",
  "Content-Length: +5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked",
  "transfer-encoding:\tchunked",
  "Expect: 100-continue",
  "Expect: the unexpected",
  "Upgrade: websocket\r\nConnection: Upgrade",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABkAAQAAP__",
  "Origin: https://evil.example",
  "Origin: null",
  "Origin: http://127.0.0.1",
  "Origin: x",
  "Authorization: Bearer x",
  "Authorization: Basic",
  "Authorization: \xff",
  "Authorization: Bearer a\r\nAuthorization: Bearer b",
  "Cookie: a=b",
  "X-Forwarded-Host: evil.example",
  "X-Forwarded-For: 1.2.3.4",
  "Forwarded: host=evil",
  "If-Match: \xff",
  `If-None-Match: ${'"x",'.repeat(2000)}`,
  "Range: bytes=0-0,1-1,2-2",
  "Range: bytes=-1",
  "Accept-Encoding: br;q=2, *;q=NaN",
  "Content-Encoding: gzip",
  "Content-Encoding: br",
  "Content-Encoding: deflate",
  "Content-Encoding: gzip, gzip",
  "Content-Encoding: ",
  "Content-Type: \xff",
  "X: a\0b",
  "X: a\rb",
  "X: a\nb",
  " X: y",
  "X",
  ": y",
  "X y: z",
  `X: ${"y".repeat(40_000)}`,
  "\xff: a",
  "Set-Cookie: a",
  "X-Request-Id: a\tb",
  "Prefer: respond-async",
);

const bomb = gzipSync(Buffer.alloc(4 * 2 ** 20, 0x20)).toString("latin1");

const bodies = fc.constantFrom(
  "",
  "hello",
  "0\r\n\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "5\r\nhello",
  "fffffffffffffffff\r\n",
  "-1\r\n",
  "5;ext=x\r\nhello\r\n0\r\nX: y\r\n\r\n",
  "zz\r\n",
  "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
  "\0\0\0\0",
  "{}",
  '{"path":',
  "[".repeat(5000),
  bomb,
  bomb.slice(0, 99),
  `${bomb.length.toString(16)}\r\n${bomb}\r\n0\r\n\r\n`,
  "\r\n\r\n\r\n",
  "A".repeat(70_000),
);

/** A request as text of bytes, half of them with a framing that holds. */
export const wires: fc.Arbitrary<Bytes> = fc
  .record({
    method: methods,
    target: targets,
    version: versions,
    host: hosts,
    headers: fc.array(headers, { maxLength: 3 }),
    body: bodies,
    isFramed: fc.boolean(),
    end: fc.constantFrom("\r\n", "\r\n", "\r\n", "\r\n", "\n", ""),
  })
  .map(({ method, target, version, host, headers: more, body, isFramed, end }) => {
    const length = isFramed ? [`Content-Length: ${body.length}`] : [];
    const lines = [`${method} ${target} ${version}`, `Host: ${host}`, "Connection: close", ...more, ...length, ""];
    return Buffer.from(lines.join("\r\n") + end + body, "latin1");
  });

/** The statuses of the answers in what came back. */
export function statusesOf(answer: string): number[] {
  return Array.from(answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm), match => Number(match[1]));
}
