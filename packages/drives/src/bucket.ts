/**
 * A drive in a bucket of S3, or of a server that speaks it. Any number of processes on any number of machines may use it at once.
 *
 * An object is created on condition that nothing is at its key, so of rivals one wins, and the server shows it whole or not at all. Parts of packs that
 * were read once are kept; `docs/buckets.md` counts the requests.
 */
import { checkDriveName, isDriveName, type Awaitable, type Drive, type Span } from "@sheaf/core";
import { checkAddress, parseBucketUrl, printBucketUrl, type BucketAddress } from "./bucket/address.js";
import { CacheFolder } from "./bucket/cache-folder.js";
import { BucketClient, type ClientOptions } from "./bucket/client.js";
import { findCredentials, type Credentials, type Environment } from "./bucket/credentials.js";
import { listKeys } from "./bucket/pages.js";
import { partsOf } from "./bucket/parts.js";
import { Probe } from "./bucket/probe.js";
import { getPiece, getWhole } from "./bucket/range.js";
import { refused } from "./bucket/refusal.js";
import { isNonceName, Spans, type GetPiece } from "./bucket/spans.js";
import { putWhole, Upload } from "./bucket/upload.js";

export { isBucketUrl, parseBucketUrl, printBucketUrl, type BucketAddress } from "./bucket/address.js";
export type { Credentials } from "./bucket/credentials.js";

export interface BucketSettings
  extends Partial<Credentials>, Partial<Pick<ClientOptions, "attempts" | "wait" | "timeoutMs" | "dispatcherFor">> {
  /** Asked before each request, for credentials that end and are renewed; default: the keys given here, the environment, `~/.aws/credentials`. */
  readonly credentials?: () => Credentials | Promise<Credentials>;
  /** Bytes of packs kept in memory; default 64 MiB. */
  readonly cacheBytes?: number;
  /** Folder of this machine in which parts of packs are kept for the next process; default: `SHEAF_BUCKET_CACHE` of the environment, else none. */
  readonly cacheFolder?: string;
  /** Bytes that the folder may hold; default 1 GiB. */
  readonly cacheFolderBytes?: number;
  /** Bytes of the parts of a large object, at most four of which are in memory; default 8 MiB. S3 takes 10,000 of them, of at least 5 MiB. */
  readonly partBytes?: number;
  /** Default: the process's environment. */
  readonly env?: Environment;
}

export interface BucketOptions extends BucketAddress, BucketSettings {}

/**
 * Opens a bucket as a drive, by its URL (`s3://bucket/prefix?endpoint=…&region=…`) or by options. Sends no request: who only reads needs no right to write.
 *
 * Before the first write the drive sees for itself that the server creates an object only where there is none; every write throws drive-failed when it
 * does not. Throws bad-input for an address that cannot be, and when there are no credentials.
 */
export async function openBucket(place: string | BucketOptions, settings: BucketSettings = {}): Promise<BucketDrive> {
  const address = checkAddress(typeof place === "string" ? parseBucketUrl(place) : place);
  return new BucketDrive(address, { ...(typeof place === "string" ? {} : place), ...settings });
}

/** Bytes in the objects of one bucket. Made by {@link openBucket}. */
export class BucketDrive implements Drive {
  /** Where it is, without credentials: for people. */
  readonly url: string;
  readonly #client: BucketClient;
  readonly #spans: Spans;
  readonly #folder: CacheFolder | undefined;
  readonly #probe: Probe;
  readonly #root: string;
  readonly #partBytes: number;

  constructor(address: BucketAddress, settings: BucketSettings) {
    const env = settings.env ?? process.env;
    const endpoint = address.endpoint ?? (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]);
    const region = address.region ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || "us-east-1");
    const place = checkAddress({ ...address, ...(endpoint ? { endpoint } : {}) });
    this.url = printBucketUrl(place);
    this.#root = place.prefix ? `${place.prefix}/` : "";
    this.#partBytes = settings.partBytes ?? 8 << 20;
    this.#client = new BucketClient({ ...settings, address: place, region, credentials: credentialsOf(settings, env) });
    const get: GetPiece = (name, span) => getPiece(this.#client, name, this.#keyOf(name), span);
    const folder = settings.cacheFolder ?? (env["SHEAF_BUCKET_CACHE"] || undefined);
    if (folder !== undefined) this.#folder = new CacheFolder(folder, settings.cacheFolderBytes ?? 1 << 30, this.url);
    this.#spans = new Spans(this.#folder?.around(get) ?? get, settings.cacheBytes ?? 64 << 20);
    this.#probe = new Probe(this.#client, name => this.#keyOf(name));
  }

  /** Requests sent so far, each attempt counted. */
  get requests(): number {
    return this.#client.requests;
  }

  read(name: string, span?: Span): Awaitable<Uint8Array | undefined> {
    checkDriveName(name);
    if (span === undefined) return getWhole(this.#client, name, this.#keyOf(name));
    return isNonceName(name) ? this.#spans.read(name, span) : this.#readOnce(name, span);
  }

  async create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    checkDriveName(name);
    await this.#probe.whole();
    if (bytes instanceof Uint8Array && bytes.length <= this.#partBytes)
      return await this.#put(name, new Uint8Array(bytes));
    const parts = partsOf(bytes, this.#partBytes)[Symbol.asyncIterator]();
    try {
      const [first, second] = [await parts.next(), await parts.next()];
      if (first.done) return await this.#put(name, new Uint8Array(0));
      if (second.done) return await this.#put(name, first.value);
      return await this.#upload(name, [first.value, second.value], parts);
    } finally {
      await parts.return?.();
    }
  }

  async *list(prefix: string, after = ""): AsyncIterable<string> {
    // What cannot begin a name begins none.
    if (!/^[a-z0-9\-_.~%/]*$/.test(prefix)) return;
    const seen = new Set<string>();
    const from = after === "" ? "" : this.#root + after;
    for await (const key of listKeys(this.#client, this.#root + prefix, from)) {
      const name = key.slice(this.#root.length);
      if (!isDriveName(name)) continue;
      seen.add(name);
      yield name;
    }
    if (after === "") this.#spans.forgetWhere(prefix, name => seen.has(name));
  }

  async remove(name: string): Promise<void> {
    checkDriveName(name);
    this.#folder?.forget(name);
    this.#spans.forget(name);
    const answer = await this.#client.send({ method: "DELETE", key: this.#keyOf(name) });
    this.#spans.forget(name);
    if (answer.status >= 300 && (answer.status !== 404 || answer.code === "NoSuchBucket"))
      throw refused(this.#client.options.address, name, answer);
  }

  #keyOf(name: string): string {
    return this.#root + name;
  }

  async #readOnce(name: string, span: Span): Promise<Uint8Array | undefined> {
    const spans = new Spans((_, wanted) => getPiece(this.#client, name, this.#keyOf(name), wanted), 0);
    return await spans.read(name, span);
  }

  async #put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const isCreated = await putWhole(this.#client, name, this.#keyOf(name), bytes);
    if (isCreated && isNonceName(name)) this.#spans.keep(name, { at: 0, bytes, size: bytes.length });
    return isCreated;
  }

  async #upload(
    name: string,
    first: readonly Uint8Array<ArrayBuffer>[],
    rest: AsyncIterator<Uint8Array<ArrayBuffer>>,
  ): Promise<boolean> {
    await this.#probe.parts();
    const upload = await Upload.start(this.#client, name, this.#keyOf(name));
    let [last, size] = [first[first.length - 1], 0];
    const add = async (part: Uint8Array<ArrayBuffer>) => {
      [last, size] = [part, size + part.length];
      await upload.add(part);
    };
    try {
      for (const part of first) await add(part);
      for (let part = await rest.next(); !part.done; part = await rest.next()) await add(part.value);
      if (!(await upload.finish())) return false;
    } catch (error) {
      await upload.abort();
      throw error;
    }
    // The index of a pack stands at its end, and is what is read of it first.
    if (isNonceName(name)) this.#spans.keep(name, { at: size - last.length, bytes: last, size });
    return true;
  }
}

function credentialsOf(settings: BucketSettings, env: Environment): () => Credentials | Promise<Credentials> {
  const { accessKeyId, secretAccessKey, sessionToken, credentials } = settings;
  if (credentials) return credentials;
  const found =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
      : findCredentials(env);
  return () => found;
}
