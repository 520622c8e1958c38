/** Git trees at hand: those made lately, and behind them those of the cache. So that a projection can begin with an earlier one. */
import { SheafError, type Awaitable } from "@sheaf/core";
import type { GitPlatform, Likeness, ObjectSink, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { parseTree, printTree, type TreeEntry } from "../tree.js";

/** A tree that is needed is not at hand: what it was part of must be projected again. */
export class TreeLoss extends SheafError<"missing-block"> {
  constructor(readonly oid: Oid) {
    super("missing-block", { cid: oid }, `git tree ${oid} is not in the cache; its commit must be projected again`);
  }
}

/** Where trees rest that are not in memory. */
export interface TreesBehind {
  tree(oid: Oid): Awaitable<Uint8Array | undefined>;
}

interface Shelved {
  readonly body: Uint8Array;
  entries?: readonly TreeEntry[];
}

/** What a tree costs in memory beside its body. */
const overhead = 300;

/** Keeps about the most recently used trees, in at most `maxBytes` of memory: two generations, as the engine's cache of nodes does. */
export class TreeShelf {
  #young = new Map<Oid, Shelved>();
  #old = new Map<Oid, Shelved>();
  #youngBytes = 0;

  constructor(
    readonly git: GitPlatform,
    readonly behind?: TreesBehind,
    readonly maxBytes = 128 * 2 ** 20,
  ) {}

  /** The entries of a tree. Throws {@link TreeLoss}. */
  async read(oid: Oid): Promise<readonly TreeEntry[]> {
    const shelved = await this.#find(oid);
    if (!shelved) throw new TreeLoss(oid);
    return (shelved.entries ??= parseTree(shelved.body, { oddModes: "mend" }));
  }

  /** The body of a tree, or `undefined`. */
  async body(oid: Oid): Promise<Uint8Array | undefined> {
    return (await this.#find(oid))?.body;
  }

  /** The body of a tree if it is in memory. */
  held(oid: Oid): Uint8Array | undefined {
    return (this.#young.get(oid) ?? this.#old.get(oid))?.body;
  }

  /** A tree as what another may be sent as a difference from; nothing when it is not at hand. */
  async like(oid: Oid | undefined): Promise<Likeness | undefined> {
    const body = oid && (await this.body(oid));
    return body && oid && { oid, type: "tree", body };
  }

  /** Prints a tree, keeps it, and hands it to the sink unless it is the one that it is like. */
  put(sink: ObjectSink, entries: readonly TreeEntry[], like?: Likeness): Oid {
    return this.putBody(sink, printTree(entries), like);
  }

  /** Like {@link TreeShelf.put} for a tree that is printed already. */
  putBody(sink: ObjectSink, body: Uint8Array, like?: Likeness): Oid {
    const oid = oidOf(this.git, "tree", body);
    if (like?.oid !== oid) sink.put("tree", body, like);
    this.#keep(oid, { body });
    return oid;
  }

  async #find(oid: Oid): Promise<Shelved | undefined> {
    const young = this.#young.get(oid);
    if (young) return young;
    const old = this.#old.get(oid);
    const body = old?.body ?? (await this.behind?.tree(oid));
    return body && this.#keep(oid, old ?? { body });
  }

  #keep(oid: Oid, shelved: Shelved): Shelved {
    const known = this.#young.get(oid);
    if (known) return known;
    if (this.#youngBytes > this.maxBytes / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(oid, shelved);
    this.#youngBytes += shelved.body.length + overhead;
    return shelved;
  }
}
