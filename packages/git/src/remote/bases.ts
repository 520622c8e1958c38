/**
 * Git's objects of commits that are here, made again: what a pack may hold differences from, or leave out because this side has it.
 *
 * Blobs are looked for by name in the trees of commits, one commit after another; folders that were looked through are passed over, so the cost follows what
 * changed between them.
 */
import { blockType, decode, decodeCommit, type BlockReader, type Digest } from "@sheaf/core";
import type { GitObject, GitPlatform, ObjectSource, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import type { Projector } from "../project/contract.js";
import { modes, printTree } from "../tree.js";

/** Where a file's bytes are to be had. */
interface Standing {
  readonly snapshot: Digest;
  readonly path: string;
}

export class ProjectedObjects implements ObjectSource {
  readonly #files = new Map<Oid, Standing>();
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
    if (entries) return this.#proven(oid, { type: "tree", body: printTree(entries) });
    const standing = await this.#find(oid);
    const body = standing && (await this.projector.file(standing.snapshot, standing.path));
    return body && this.#proven(oid, { type: "blob", body });
  }

  #proven(oid: Oid, object: GitObject): GitObject | undefined {
    return oidOf(this.git, object.type, object.body) === oid ? object : undefined;
  }

  async #find(oid: Oid): Promise<Standing | undefined> {
    while (!this.#files.has(oid)) {
      const next = await this.#commits.next();
      if (next.done === true) return undefined;
      const bytes = await this.reader.load(next.value);
      if (blockType(decode(bytes)) !== "commit") continue;
      const { snapshot } = decodeCommit(bytes);
      await this.#add(snapshot, await this.projector.treeOfCommit(next.value), "");
    }
    return this.#files.get(oid);
  }

  async #add(snapshot: Digest, tree: Oid, folder: string): Promise<void> {
    if (this.#folders.has(tree)) return;
    this.#folders.add(tree);
    for (const { mode, name, oid } of (await this.projector.entries(tree)) ?? []) {
      const path = `${folder}${name}`;
      if (mode === modes.folder) await this.#add(snapshot, oid, `${path}/`);
      else if (!this.#files.has(oid)) this.#files.set(oid, { snapshot, path });
    }
  }
}
