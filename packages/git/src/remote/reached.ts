/** Which commits are here for good: those that the refs of this repository reach. What only lies here may be swept away, and may lack what it links to. */
import { blockType, decode, decodeCommit, decodeTag, parseCid, printCid, type Digest, type Local } from "@sheaf/core";

/** Walks the history of all refs, newest branches first, only as far as it is asked. */
export class Reached {
  readonly #seen = new Set<string>();
  readonly #walk: AsyncGenerator<Digest, void, void>;
  readonly #walked: Digest[] = [];

  constructor(readonly local: Pick<Local, "logs" | "reader">) {
    this.#walk = this.#steps();
  }

  /** Says whether a ref reaches this commit or tag. */
  async has(digest: Digest): Promise<boolean> {
    const cid = printCid(digest);
    while (!this.#seen.has(cid)) if (!(await this.#step())) return false;
    return true;
  }

  /** Gives all that is reached, each once, what refs name before what that descends from. */
  async *list(): AsyncGenerator<Digest, void, void> {
    for (let at = 0; at < this.#walked.length || (await this.#step()); at++) yield this.#walked[at];
  }

  async #step(): Promise<boolean> {
    const next = await this.#walk.next();
    if (next.done === true) return false;
    this.#walked.push(next.value);
    return true;
  }

  async *#steps(): AsyncGenerator<Digest, void, void> {
    const open: Digest[] = [];
    for (const { entry } of await this.local.logs.heads("refs/"))
      if (entry.value !== null) this.#enter(parseCid(entry.value).digest, open);
    for (let at = 0; at < open.length; at++) {
      for (const below of await this.#namedBy(open[at])) this.#enter(below, open);
      yield open[at];
    }
  }

  #enter(digest: Digest, open: Digest[]): void {
    const cid = printCid(digest);
    if (this.#seen.has(cid)) return;
    this.#seen.add(cid);
    open.push(digest);
  }

  async #namedBy(digest: Digest): Promise<readonly Digest[]> {
    const bytes = await this.local.reader.load(digest);
    const type = blockType(decode(bytes));
    if (type === "commit") return decodeCommit(bytes).parents;
    return type === "tag" ? [decodeTag(bytes).target] : [];
  }
}
