/**
 * Creates an object under a key that is free: whole and at once when it is small, in parts when it grows.
 *
 * The condition travels with the write (`If-None-Match: *`), so the server decides between rivals. Every object carries a nonce of the attempt that made it:
 * after a lost reply a 412 may come from one's own success, and the nonce tells it from a rival's. Idea: earth-mover/icechunk, design document 17.
 */
import { randomBytes } from "node:crypto";
import type { BucketClient } from "./client.js";
import type { Answer } from "./exchange.js";
import { getHead } from "./range.js";
import { failed, refused } from "./refusal.js";
import { isCompletion, parseUploadId, printParts } from "./xml.js";

/** S3 takes so many parts. */
const maxParts = 10_000;
/** Parts on their way at once: with the one that is being filled, four in memory. */
const maxOnTheWay = 3;

const nonceHeader = "x-amz-meta-sheaf-nonce";
const createOnly = { "if-none-match": "*" };

/** Puts bytes at a key, unless it is taken; says which. */
export async function putWhole(
  client: BucketClient,
  name: string,
  key: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const nonce = randomBytes(16).toString("hex");
  const answer = await client.send({ method: "PUT", key, body, headers: { ...createOnly, [nonceHeader]: nonce } });
  if (answer.status === 200) return true;
  if (answer.status === 412) return await isOwn(client, name, key, nonce);
  throw refused(client.options.address, name, answer);
}

/** An object in parts. Nothing is at the key before {@link finish}; afterwards all of it is, or nothing. */
export class Upload {
  readonly #tags: string[] = [];
  readonly #onTheWay = new Set<Promise<void>>();

  private constructor(
    readonly client: BucketClient,
    readonly name: string,
    readonly key: string,
    readonly nonce: string,
    readonly id: string,
  ) {}

  static async start(client: BucketClient, name: string, key: string): Promise<Upload> {
    const nonce = randomBytes(16).toString("hex");
    const headers = { [nonceHeader]: nonce };
    const answer = await client.send({ method: "POST", key, query: { uploads: "" }, headers });
    const id = answer.status === 200 ? parseUploadId(text(answer.body)) : undefined;
    if (id === undefined) throw refused(client.options.address, name, answer);
    return new Upload(client, name, key, nonce, id);
  }

  /** Sends the next part; waits only while enough are on their way. */
  async add(part: Uint8Array<ArrayBuffer>): Promise<void> {
    const number = this.#tags.push("");
    if (number > maxParts)
      throw failed(
        this.client.options.address,
        this.name,
        `a bucket takes ${maxParts} parts and no more; set larger ones`,
      );
    const sending: Promise<void> = this.#send(number, part).finally(() => this.#onTheWay.delete(sending));
    sending.catch(() => undefined); // whoever waits for it hears of it
    this.#onTheWay.add(sending);
    if (this.#onTheWay.size >= maxOnTheWay) await Promise.race(this.#onTheWay);
  }

  /** Makes the parts the object, unless the key is taken; says which. */
  async finish(): Promise<boolean> {
    await Promise.all(this.#onTheWay);
    const body = new TextEncoder().encode(printParts(this.#tags));
    const query = { uploadId: this.id };
    // S3 may begin an answer with 200 and end it with an error.
    const flaw = ({ body: got }: Answer) => (isCompletion(text(got)) ? undefined : "200 without having done it");
    const ask = { method: "POST", key: this.key, query, headers: createOnly, body, flaw } as const;
    const answer = await this.client.send(ask);
    if (answer.status === 200) return true;
    // 404: the upload is no more, as after a completion whose reply was lost. 409: a rival was at it in the same moment.
    if (![404, 409, 412].includes(answer.status)) throw refused(this.client.options.address, this.name, answer);
    if (await isOwn(this.client, this.name, this.key, this.nonce)) return true;
    await this.abort();
    if (answer.status === 412) return false;
    throw refused(this.client.options.address, this.name, answer);
  }

  /** Lets the parts go. What fails here is left to the bucket's rule for unfinished uploads. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#onTheWay);
    await this.client.send({ method: "DELETE", key: this.key, query: { uploadId: this.id } }).catch(() => undefined);
  }

  async #send(number: number, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const query = { partNumber: String(number), uploadId: this.id };
    const answer = await this.client.send({ method: "PUT", key: this.key, query, body });
    const tag = answer.headers.get("etag");
    if (answer.status !== 200 || tag === null) throw refused(this.client.options.address, this.name, answer);
    this.#tags[number - 1] = tag;
  }
}

/** Says whether what is at the key was put there by this attempt. */
async function isOwn(client: BucketClient, name: string, key: string, nonce: string): Promise<boolean> {
  return (await getHead(client, name, key))?.get(nonceHeader) === nonce;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
