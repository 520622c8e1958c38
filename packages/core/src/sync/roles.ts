/** What each block of a walk must be, as whatever links to it says: so that nothing is taken for whole that merely hashes well. */
import type { Digest } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { SheafError } from "../errors.js";
import { blockType, decodeCommit, decodeTag } from "../history/commit.js";
import { decodeSnapshot } from "../history/snapshot.js";
import { decode } from "../item/cbor.js";
import { DigestSet } from "../store/digest-set.js";
import { isTreeNode } from "./frontier.js";

/** `named`: a commit, or an annotated tag of one. */
type Role = "named" | "snapshot" | "tree";

export class Roles {
  readonly #digests = new DigestSet();
  readonly #roles: Role[] = [];

  /** Says what a block must be. */
  set(digest: Digest, role: Role): void {
    if (this.#digests.add(digest) >= 0) this.#roles.push(role);
  }

  /** Checks a block that was reached, and notes what its links must be; gives the id of a dataset. Throws corrupt-block. */
  check(digest: Digest, bytes: Uint8Array): DatasetId | undefined {
    const number = this.#digests.find(digest);
    const role = number < 0 ? "inside" : this.#roles[number];
    if (isTreeNode(bytes) && role !== "named" && role !== "snapshot") return undefined;
    const type = blockType(decode(bytes));
    if (role === "named" && type === "commit") this.#commit(bytes);
    else if (role === "named" && type === "tag") this.set(decodeTag(bytes).target, "named");
    else if (role === "snapshot" && type === "snapshot") this.#snapshot(bytes);
    else if (role === "inside" && type === "dataset") return this.#dataset(bytes);
    else throw misplaced(role === "inside" ? "dataset" : role === "named" ? "commit or tag" : role);
    return undefined;
  }

  #commit(bytes: Uint8Array): void {
    const { snapshot, parents } = decodeCommit(bytes);
    this.set(snapshot, "snapshot");
    for (const parent of parents) this.set(parent, "named");
  }

  #snapshot(bytes: Uint8Array): void {
    const { datasets, files } = decodeSnapshot(bytes);
    for (const root of [datasets, files]) this.set(root, "tree");
  }

  #dataset(bytes: Uint8Array): DatasetId {
    const { id, rows, ids } = decodeDataset(bytes);
    for (const root of [rows, ids]) this.set(root, "tree");
    return id;
  }
}

function misplaced(what: string): SheafError<"corrupt-block"> {
  return new SheafError("corrupt-block", { cid: "" }, `a block that should be a ${what} is none; run sheaf verify`);
}
