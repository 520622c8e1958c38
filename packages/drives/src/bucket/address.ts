/** Where a bucket is: `s3://bucket/prefix?endpoint=…&region=…`, and the URL of each key in it. */
import { SheafError } from "@sheaf/core";

/** A bucket, the part of it that is used, and who serves it. */
export interface BucketAddress {
  readonly bucket: string;
  /** Folder inside the bucket below which everything lies, without slashes around it; empty for the whole bucket. */
  readonly prefix?: string;
  /** `https://host[:port][/path]` of a server that speaks S3; default: that of Amazon in the region. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Puts the bucket into the path and not into the host's name; default: as soon as there is an endpoint. */
  readonly forcePathStyle?: boolean;
}

const shape = "s3://bucket/prefix?endpoint=https://host&region=name";
const parameters = new Set(["endpoint", "region", "pathStyle"]);

/** Says whether a text is the URL of a bucket. */
export function isBucketUrl(text: string): boolean {
  return /^s3:\/\//i.test(text);
}

/** Reads a bucket's URL. Throws bad-input; no part that may be secret is repeated in its sentence. */
export function parseBucketUrl(text: string): BucketAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !isBucketUrl(text)) throw bad(`a bucket is written ${shape}`);
  if (url.username !== "" || url.password !== "")
    throw bad("the URL of a bucket holds no credentials; give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  if (url.port !== "") throw bad(`a bucket has no port; write its server as an endpoint: ${shape}`);
  const unknown = [...url.searchParams.keys()].find(key => !parameters.has(key));
  if (unknown !== undefined)
    throw bad(`${JSON.stringify(unknown)} is no parameter of a bucket's URL, which is ${shape}`);
  const { endpoint, region, pathStyle } = Object.fromEntries(url.searchParams);
  return checkAddress({
    bucket: url.hostname,
    prefix: decoded(url.pathname),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(pathStyle === undefined ? {} : { forcePathStyle: pathStyle === "true" }),
  });
}

/** Prints the address for people, as {@link parseBucketUrl} reads it: no credentials are part of it. */
export function printBucketUrl({ bucket, prefix = "", endpoint, region, forcePathStyle }: BucketAddress): string {
  const given = [
    ["endpoint", endpoint],
    ["region", region],
    ["pathStyle", forcePathStyle],
  ].filter(([, value]) => value !== undefined);
  const query = given.map(
    ([key, value]) => `${String(key)}=${encodeURIComponent(String(value)).replace(/%(3A|2F)/g, decodeURIComponent)}`,
  );
  const path = prefix === "" ? "" : `/${prefix.split("/").map(encodeURIComponent).join("/")}`;
  return `s3://${bucket}${path}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** Gives the address with a clean prefix. Throws bad-input for a bucket, prefix or endpoint that no server takes, or that would lead elsewhere. */
export function checkAddress(address: BucketAddress): BucketAddress {
  const { bucket, endpoint, region } = address;
  if (!/^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(bucket) || bucket.includes(".."))
    throw bad(`${JSON.stringify(bucket)} is no name of a bucket`);
  if (region !== undefined && !/^[a-z0-9-]{1,64}$/i.test(region)) throw bad(`${JSON.stringify(region)} is no region`);
  if (endpoint !== undefined) checkEndpoint(endpoint);
  const prefix = (address.prefix ?? "").replace(/^\/+|\/+$/g, "");
  const segments = prefix === "" ? [] : prefix.split("/");
  if (prefix.length > 500 || !segments.every(isSegment))
    throw bad(
      `${JSON.stringify(prefix)} is no folder of a bucket: segments are not empty, "." or "..", and 500 characters are the most`,
    );
  return { ...address, prefix };
}

/** Makes the URL of a key, or of the bucket itself for an empty one. */
export function urlOf(address: BucketAddress, region: string): (key: string) => URL {
  const { bucket, endpoint, forcePathStyle = endpoint !== undefined || bucket.includes(".") } = address;
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  // Nothing can stand in front of a number.
  const isInPath = forcePathStyle || /^[\d.]+$|^\[/.test(base.hostname);
  if (!isInPath) base.hostname = `${bucket}.${base.hostname}`;
  const root = `${base.origin}${base.pathname.replace(/\/$/, "")}${isInPath ? `/${bucket}` : ""}`;
  return key => new URL(key === "" ? root : `${root}/${key.split("/").map(encodeURIComponent).join("/")}`);
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!isPlain || !/^https?:$/.test(url.protocol))
    throw bad("an endpoint is http://host or https://host, with a port and a path if need be, and without credentials");
}

function isSegment(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && ![...part].some(each => each < " " || each === "\x7f");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw bad("the path of the bucket's URL is not percent-encoded as it should be");
  }
}

function bad(what: string): SheafError<"bad-input"> {
  return new SheafError("bad-input", {}, what);
}
