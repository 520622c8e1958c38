/**
 * A dataset's version on the wire: its ETag is `"<dataset CID>.<commit CID>"`.
 *
 * The first half says whether the dataset is still the same (`If-None-Match`), the second one what an edit was made on (`If-Match`), so that a commit that
 * left the dataset alone makes no cached answer stale and no edit either.
 */
import type { Asked } from "../asked.js";
import { badInput, printCid, type CommitOptions, type DatasetVersion, type Repository } from "@sheaf/core";
import type { Call } from "../call.js";
import { defined } from "./shapes.js";

/** One version of a dataset, and the commit that it was read from. */
export interface Read {
  readonly version: DatasetVersion;
  readonly commit: string;
  readonly etag: string;
}

/** Reads a dataset as a request wants it. Throws no-such-ref, no-such-dataset. */
export async function readVersion(repo: Repository, path: string, at: string | undefined): Promise<Read> {
  const version = await repo
    .dataset(path)
    .at(at)
    .catch(async (error: unknown) => {
      // Where there is no commit yet, that is the reason to tell.
      await repo.resolve(at ?? "HEAD");
      throw error;
    });
  const { commit } = version;
  return { version, commit, etag: `"${printCid(version.block.digest)}.${commit}"` };
}

/** Says whether the client has this version already. */
export function isKnown(request: Asked, etag: string): boolean {
  const header = request.headers.get("if-none-match");
  if (header === null) return false;
  const dataset = etag.slice(1, etag.indexOf("."));
  return header.split(",").some(tag => tag.trim().replace(/^W\//, "").startsWith(`"${dataset}.`));
}

/** What a commit takes from a request: branch, message, author, and the base that If-Match names. */
export function commitOptions(call: Call<unknown, { branch?: string; message?: string }>): CommitOptions {
  const { query, signal, author, ifMatch } = call;
  const base = ifMatch === undefined ? undefined : baseOf(ifMatch);
  return defined({ signal, author, branch: query.branch, message: query.message, base });
}

function baseOf(etag: string): string {
  const commit = etag.split(".").at(-1);
  if (commit !== undefined && /^b[a-z2-7]{20,}$/.test(commit)) return commit;
  throw badInput(`If-Match holds ${JSON.stringify(etag)}, which is no ETag of this server`);
}
