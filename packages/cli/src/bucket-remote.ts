/** A bucket as a remote. */
import { openDriveRemote, packedShape, type Local, type Remote } from "@sheaf/core";
import { openBucket } from "@sheaf/drives/bucket";
import { throughProxies } from "./proxy.js";

/** Opens the repository in a bucket as a remote. What is sent is compressed: the way there is narrower than a disk's. */
export async function openBucketRemote(
  url: string,
  local: Local,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Remote> {
  const drive = await openBucket(url, { env, ...(await throughProxies(env)) });
  return openDriveRemote(drive, local, { url: drive.url, shape: { ...packedShape, itemFrame: 16_384 } });
}
