/**
 * Sheaf as a library: a repository in a bucket of S3, or of a server that speaks it.
 *
 * ```ts
 * import { Repository } from "sheaf/s3";
 * const repo = await Repository.open("s3://evals/team?region=eu-central-1", { create: true });
 * ```
 */
import type { OpenOptions } from "@sheaf/cli";
import { openInBucket } from "@sheaf/cli/bucket";
import type { Repository as Engine } from "@sheaf/core";
import type { BucketOptions } from "@sheaf/drives/bucket";

export type { BucketOptions, OpenOptions };
export { openBucket, type BucketAddress, type BucketSettings, type Credentials } from "@sheaf/drives/bucket";
export * from "./library.js";
export { exportFile, importFile, type ExportOptions, type ImportFileOptions } from "./files.js";

/** A repository: every version of every dataset below one prefix of a bucket. */
export type Repository = Engine;

export const Repository = {
  /**
   * Opens the repository in a bucket, by its URL (`s3://bucket/prefix?endpoint=…&region=…`) or by options. Throws no-such-repository when there is none,
   * unless `create` asks for one.
   *
   * Credentials come from the options, the usual environment (`AWS_ACCESS_KEY_ID` …) or `~/.aws/credentials`; the author of commits as in a folder.
   */
  open(place: string | BucketOptions, options: OpenOptions = {}): Promise<Repository> {
    return openInBucket(place, options);
  },
};
