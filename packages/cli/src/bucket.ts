/** Composes a repository in a bucket, which needs no folder at all. */
import { isSheafError, SheafError, type Repository } from "@sheaf/core";
import { openBucket, type BucketOptions } from "@sheaf/drives/bucket";
import { throughProxies } from "./proxy.js";
import { openOn, type OpenOptions } from "./opening.js";

/** Opens the repository in a bucket, by its URL or by options. Throws no-such-repository when there is none, unless `create` asks for one. */
export async function openInBucket(place: string | BucketOptions, options: OpenOptions = {}): Promise<Repository> {
  const { env = process.env } = options;
  const drive = await openBucket(place, { ...(options.env ? { env } : {}), ...(await throughProxies(env)) });
  try {
    return await openOn(drive, process.cwd(), options);
  } catch (error) {
    if (!isSheafError(error, "no-such-repository")) throw error;
    const message = `${drive.url}: there is no Sheaf repository here; make one with sheaf init ${drive.url}`;
    throw new SheafError("no-such-repository", { path: drive.url }, message, { cause: error });
  }
}
