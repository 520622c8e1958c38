/**
 * Git's objects of commits that are here, made again: what a pack may hold differences from, or leave out because this side has it.
 *
 * Blobs are looked for by name in the trees of commits, one commit after another; folders that were looked through are passed over, so the cost follows what
 * changed between them.
 */
import { blockType, decode, type BlockReader, type Digest } from "@sheaf/core";
import type { GitObject, GitPlatform, ObjectSource, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import type { Projector } from "../project/contract.js";
import { modes, printTree } from "../tree.js";

/** Where the bytes of a file, or of a folder that is kept raw, are to be had. */
interface Standing {
  readonly type: "blob" | "tree";
  readonly commit: Digest;
  readonly path: string;
}

export class ProjectedObjects implements ObjectSource {
  readonly #standings = new Map<Oid, Standing>();
  readonly #folders = new Set<Oid>();
  readonly #commits: AsyncIterator<Digest>;

  /** @param commits those first in whose trees most is likely to be found; annotated tags among them are passed over */
  constructor(
    readonly git: GitPlatform,
    readonly reader: BlockReader,
    readonly projector: Pick<Projector, "entries" | "file" | "treeOfCommit">,
    commits: AsyncIterable<Digest>,
  ) {
    this.#commits = commits[Symbol.asyncIterator]();
  }

  async read(oid: Oid): Promise<GitObject | undefined> {
    const entries = await this.projector.entries(oid);
    const tree = entries && this.#proven(oid, { type: "tree", body: printTree(entries) });
    if (tree) return tree;
    const standing = await this.#find(oid);
    const body = standing && (await this.projector.file(standing.commit, standing.path));
    return body && this.#proven(oid, { type: standing.type, body });
  }

  #proven(oid: Oid, object: GitObject): GitObject | undefined {
    return oidOf(this.git, object.type, object.body) === oid ? object : undefined;
  }

  async #find(oid: Oid): Promise<Standing | undefined> {
    while (!this.#standings.has(oid)) {
      const next = await this.#commits.next();
      if (next.done === true) return undefined;
      const commit = next.value;
      if (blockType(decode(await this.reader.load(commit))) !== "commit") continue;
      await this.#add(commit, await this.projector.treeOfCommit(commit), "");
    }
    return this.#standings.get(oid);
  }

  async #add(commit: Digest, tree: Oid, folder: string): Promise<void> {
    if (this.#folders.has(tree)) return;
    this.#folders.add(tree);
    for (const { mode, name, oid } of (await this.projector.entries(tree)) ?? []) {
      const path = `${folder}${name}`;
      const type = mode === modes.folder ? "tree" : "blob";
      if (!this.#standings.has(oid)) this.#standings.set(oid, { type, commit, path });
      if (type === "tree") await this.#add(commit, oid, `${path}/`);
    }
  }
}
