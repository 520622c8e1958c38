import { expect, test } from "vitest";
import { badInput } from "@sheaf/core";
import { remoteFailure } from "./failure.js";
import { ProtocolError } from "./packet.js";
import { RemoteFatal } from "./side-band.js";

const url = "https://host.example/data.git";

test.each([badInput("no"), new TypeError("x is not a function"), new ReferenceError("x"), new RangeError("too deep")])(
  "what is no failure of the other side goes through: %s",
  cause => {
    expect(remoteFailure(url, cause)).toBe(cause);
  },
);

test.each<[Error, string]>([
  [new ProtocolError("it is odd"), "it is odd"],
  [new RemoteFatal("no\u001b[31m more\nrows"), "the other side gave up: no more; rows"],
  [Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" }), "Invalid URL"],
  [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "nothing listens there"],
  [
    Object.assign(new Error("x"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
    "its certificate is signed by itself; if you trust it, name its file in NODE_EXTRA_CA_CERTS",
  ],
])("%s is told in words", (cause, words) => {
  expect(remoteFailure(url, cause)).toMatchObject({ code: "remote-failed", message: `${url}: ${words}`, cause });
});
