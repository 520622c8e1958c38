/** What a bucket says no with, in a sentence that helps. Credentials, signatures and the server's own words are never part of one. */
import { SheafError } from "@sheaf/core";
import { printBucketUrl, type BucketAddress } from "./address.js";
import type { Answer } from "./exchange.js";

const sentences: Record<string, string> = {
  AccessDenied: "access is denied; the credentials need to list the bucket, and to get, put and delete objects in it",
  AllAccessDisabled: "access is denied to everyone",
  AuthorizationHeaderMalformed: "the region is not that of the bucket; set it with AWS_REGION or ?region= in the URL",
  ExpiredToken: "the credentials have expired; get new ones",
  InvalidAccessKeyId: "the server does not know the access key; check AWS_ACCESS_KEY_ID and the endpoint",
  InvalidBucketName: "the server takes no bucket of this name",
  InvalidToken: "the session token is not valid; check AWS_SESSION_TOKEN",
  NoSuchBucket: "there is no such bucket; make it first",
  PermanentRedirect:
    "the bucket lies in another region or at another endpoint; set it with ?region= or ?endpoint= in the URL",
  QuotaExceeded: "the quota of the bucket is used up",
  RequestTimeTooSkewed: "the clock of this machine is wrong; set it",
  SignatureDoesNotMatch: "the signature does not match; check AWS_SECRET_ACCESS_KEY",
};

/** The words for a connection that could not be made or broke. */
const networkSentences: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "the host cannot be reached",
  ENOTFOUND: "there is no such host",
  ETIMEDOUT: "the connection timed out",
  EAI_AGAIN: "the host's name could not be looked up",
  UND_ERR_SOCKET: "the connection was cut",
};

/** Makes drive-failed of an answer that is neither what was asked for nor an expected no. */
export function refused(address: BucketAddress, name: string, answer: Answer): SheafError<"drive-failed"> {
  const { status, code } = answer;
  const fallback =
    status === 403 ? sentences["AccessDenied"] : `the server answers ${status}${isWord(code) ? ` ${code}` : ""}`;
  return failed(
    address,
    name,
    sentences[code] ?? (status === 301 || status === 307 ? sentences["PermanentRedirect"] : fallback) ?? "",
  );
}

/** Makes drive-failed of the last thing that went wrong after all attempts. */
export function unreachable(address: BucketAddress, name: string, what: unknown): SheafError<"drive-failed"> {
  return failed(
    address,
    name,
    `${typeof what === "string" ? `the server answers ${what}` : wordsOf(what)}, again and again; try later`,
    what,
  );
}

/** Makes drive-failed with a reason of our own. */
export function failed(
  address: BucketAddress,
  name: string,
  reason: string,
  cause?: unknown,
): SheafError<"drive-failed"> {
  const options = cause instanceof Error ? { cause } : {};
  return new SheafError("drive-failed", { name, reason }, `${printBucketUrl(address)}: ${reason}`, options);
}

function wordsOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    if (networkSentences[code]) return networkSentences[code];
    if (at instanceof RangeError) return at.message;
    if (at.name === "TimeoutError") return "the server does not answer in time";
    if (isWord(code)) return `the connection failed (${code})`;
  }
  return "the connection failed";
}

function isWord(code: string): boolean {
  return /^[A-Za-z0-9_]{1,60}$/.test(code);
}
