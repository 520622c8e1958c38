/** What goes wrong on the way to another repository, as one sentence: what, where, what to do. */
import { isSheafError, SheafError } from "@sheaf/core";
import { ProtocolError } from "./packet.js";
import { RemoteFatal } from "./side-band.js";
import { plainLine } from "./words.js";

/** An HTTP answer that is not what was asked for. `words` are those of the server, where it gave plain ones. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  constructor(
    readonly status: number,
    readonly words: string,
  ) {
    super(`the server answered ${status}`);
  }
}

/** Nothing came for so long that nothing will. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";
  constructor(ms: number) {
    super(`the other side was silent for ${Math.round(ms / 1000)} seconds`);
  }
}

/** What people can do about the usual answers. */
const statusAdvice: Readonly<Record<number, readonly [reason: string, advice: string]>> = {
  401: [
    "it wants a user name and password, or does not take those given",
    "set SHEAF_GIT_TOKEN or let git's credential helper know them",
  ],
  403: ["it does not allow this to the user whose credentials were given", "ask for access there"],
  407: [
    "a proxy on the way wants credentials",
    "name it with them in HTTPS_PROXY, as in http://name:password@host:port",
  ],
  413: ["the push is larger than it takes in one request", "push fewer commits at a time, or raise the limit there"],
  429: ["it was asked too often", "wait and try again"],
};

/** Why a connection did not come about or broke, by Node's code. */
const connectionReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name could not be looked up",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  ETIMEDOUT: "the connection took too long",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by itself",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody who is trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody who is trusted here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

const trust = "if you trust it, name its file in NODE_EXTRA_CA_CERTS";
/** What people can do about some of these. */
const reasonAdvice: Readonly<Record<string, string>> = {
  "the connection broke": "nothing is half done; try again",
  "its certificate is signed by itself": trust,
  "its certificate is signed by nobody who is trusted here":
    "if you trust its authority, name that one's certificate in NODE_EXTRA_CA_CERTS",
};

/** Makes the error to throw; one of ours, and a bug of ours, goes through as it is. `url` is for people: without credentials. */
export function remoteFailure(url: string, cause: unknown): Error {
  if (isSheafError(cause) || isBug(cause)) return cause;
  const status = statusOf(cause);
  if (status === 404 || status === 410) {
    const sentence = `there is no git repository at ${url}, or these credentials may not see it; check the URL`;
    return new SheafError("no-such-repository", { path: url }, sentence, { cause });
  }
  const [reason, advice] = status === undefined ? causeWords(cause) : statusWords(status, cause);
  const sentence = `${url}: ${reason}${advice === "" ? "" : `; ${advice}`}`;
  return new SheafError("remote-failed", { remote: url, reason, ...(status !== undefined && { status }) }, sentence, {
    cause,
  });
}

/** Makes the error for a repository that is somewhere else now. */
export function movedFailure(url: string, to: string): SheafError<"remote-failed"> {
  const reason = `it has moved to ${to}`;
  return new SheafError(
    "remote-failed",
    { remote: url, reason },
    `${url}: ${reason}; set the remote's URL to that if you trust it`,
  );
}

/** Says whether the program is at fault: the language's own errors, but those that Node gives a code, as they speak of what it was handed. */
function isBug(cause: unknown): cause is Error {
  const isOwn = cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError;
  return isOwn && !("code" in cause);
}

function statusOf(cause: unknown): number | undefined {
  if (cause instanceof StatusError) return cause.status;
  const { code, data } = cause as { code?: unknown; data?: { statusCode?: unknown } };
  return code === "HttpError" && typeof data?.statusCode === "number" ? data.statusCode : undefined;
}

function statusWords(status: number, cause: unknown): readonly [string, string] {
  const words = cause instanceof StatusError ? plainLine(cause.words) : "";
  const [reason, advice] = statusAdvice[status] ?? [
    `the server answered ${status}`,
    status >= 500 ? "try again later" : "",
  ];
  return [words === "" ? reason : `${reason} (${words})`, advice];
}

function causeWords(cause: unknown): readonly [reason: string, advice: string] {
  if (cause instanceof RemoteFatal) return [`the other side gave up: ${plainLine(cause.message)}`, ""];
  if (cause instanceof ProtocolError) return protocolWords(cause);
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (code === "SmartHttpError" || code === "ParseError")
    return ["what answers there is a web page or something else, not a git repository", "check the URL"];
  const reason = typeof code === "string" ? connectionReasons[code] : undefined;
  return [reason ?? plainLine(String(message)), (reason && reasonAdvice[reason]) ?? ""];
}

function protocolWords({ message }: ProtocolError): readonly [reason: string, advice: string] {
  return [plainLine(message), message.startsWith("the connection broke") ? "nothing is half done; try again" : ""];
}
