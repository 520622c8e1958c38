/** What a repository is known to have whole: what its refs name, and everything below (law 4). */
import { parseCid, type Digest } from "../block/cid.js";
import type { Logs } from "../store/logs.js";

/** The commits and tags that the refs name. */
export async function digestsOf(logs: Logs): Promise<Digest[]> {
  return (await logs.heads("refs/")).flatMap(({ entry: { value } }) =>
    value === null ? [] : [parseCid(value).digest],
  );
}
