/** The keys of a bucket, page by page, in byte order. */
import { compareText } from "@sheaf/core";
import type { BucketClient } from "./client.js";
import { failed, refused } from "./refusal.js";
import { parseListing, type ListingPage } from "./xml.js";

/** Most who list want the first name, or have few of them; who goes on gets pages as long as S3 makes them. */
const firstPage = 100;
const nextPages = 1000;

/** Gives the keys that begin with the prefix, each greater than `after`. Throws drive-failed when the server lists in another order, as S3 Express does. */
export async function* listKeys(client: BucketClient, prefix: string, after: string): AsyncIterable<string> {
  let last = after;
  let next: string | undefined;
  do {
    const page = await getPage(client, prefix, after, next);
    for (const key of page.keys) {
      if (compareText(key, last) <= 0 || !key.startsWith(prefix)) throw disordered(client, prefix);
      last = key;
      yield key;
    }
    if (page.next !== undefined && page.keys.length === 0 && page.next === next) throw disordered(client, prefix);
    next = page.next;
  } while (next !== undefined);
}

async function getPage(
  client: BucketClient,
  prefix: string,
  after: string,
  next: string | undefined,
): Promise<ListingPage> {
  const query = {
    "list-type": "2",
    "max-keys": String(next === undefined ? firstPage : nextPages),
    prefix,
    ...(next !== undefined ? { "continuation-token": next } : after > prefix ? { "start-after": after } : {}),
  };
  const answer = await client.send({ method: "GET", key: "", query });
  const page = answer.status === 200 ? parseListing(new TextDecoder().decode(answer.body)) : undefined;
  if (page) return page;
  if (answer.status === 200) throw failed(client.options.address, prefix, "the server's listing cannot be understood");
  throw refused(client.options.address, prefix, answer);
}

function disordered(client: BucketClient, prefix: string): Error {
  const reason = "the server does not list keys in byte order, which Sheaf needs; use a general purpose bucket";
  return failed(client.options.address, prefix, reason);
}
