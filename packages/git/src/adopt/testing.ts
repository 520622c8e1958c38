/** What tests of adoption share: git objects made by hand, and adopted snapshots as plain documents. */
import { createHash } from "node:crypto";
import {
  decodeCommit,
  decodeSnapshot,
  encodeCommit,
  encodeSnapshot,
  fromUtf8,
  printJson,
  utf8,
  type Digest,
  type Drive,
  type Platform,
} from "@sheaf/core";
import { MemoryBlocks, plainSnapshotOf, putSnapshot, type PlainSnapshot } from "@sheaf/core/testing";
import { parseCommit } from "../commit.js";
import { nodeGitPlatform } from "../node.js";
import type { GitObject, ObjectSource, ObjectType, Oid } from "../object.js";
import { oidOf, writeOid } from "../oid.js";
import type { Projector } from "../project/contract.js";
import { openProjector } from "../project/projection.js";
import { modes, parseTree, printTree, type TreeEntry } from "../tree.js";
import { DatasetIds } from "./dataset-ids.js";
import { adoptAll } from "./history.js";
import { LineCounts } from "./neighbours.js";
import { CommitObjects } from "./objects.js";
import { RowReader } from "./row-reader.js";
import { adoptSnapshot, type AdoptedParent } from "./snapshot.js";

/** Files by path: text, bytes, or a mode with either. */
export type Files = Readonly<Record<string, FileText>>;
type FileText = string | Uint8Array | { readonly mode: number; readonly text: string };

/** Git's objects in memory; counts what is read. */
export class GitBox implements ObjectSource {
  readonly objects = new Map<Oid, GitObject>();
  reads = 0;

  read(oid: Oid): GitObject | undefined {
    this.reads++;
    return this.objects.get(oid);
  }

  put(type: ObjectType, body: Uint8Array): Oid {
    const oid = oidOf(nodeGitPlatform, type, body);
    this.objects.set(oid, { type, body });
    return oid;
  }

  /** Puts files and the folders that they lie in. */
  tree(files: Files): Oid {
    const folders = new Map<string, Record<string, FileText>>();
    const entries: TreeEntry[] = [];
    for (const [path, text] of Object.entries(files)) {
      const [name, ...rest] = path.split("/");
      if (rest.length === 0) entries.push(this.#file(name, text));
      else folders.set(name, { ...folders.get(name), [rest.join("/")]: text });
    }
    for (const [name, below] of folders) entries.push({ mode: modes.folder, name, oid: this.tree(below) });
    return this.put("tree", printTree(entries));
  }

  /** Puts a tree whose entries stand as they are given: mode and name, and what they name. */
  raw(entries: readonly (readonly [head: string, oid: Oid])[]): Oid {
    const name = new Uint8Array(20);
    const bytes = entries.map(([head, oid]) => {
      writeOid(oid, name, 0);
      return [...Buffer.from(head, "latin1"), 0, ...name];
    });
    return this.put("tree", Uint8Array.from(bytes.flat()));
  }

  /** The files below a tree, by path. */
  files(tree: Oid, prefix = ""): Record<string, { mode: number; text: string }> {
    const files: Record<string, { mode: number; text: string }> = {};
    for (const { mode, name, oid } of parseTree(this.body(tree)))
      if (mode === modes.folder) Object.assign(files, this.files(oid, `${prefix}${name}/`));
      else files[prefix + name] = { mode, text: fromUtf8(this.body(oid)) };
    return files;
  }

  /** The tree of a commit. */
  treeOf(commit: Oid): Oid {
    return parseCommit(this.body(commit)).tree;
  }

  body(oid: Oid): Uint8Array {
    const found = this.objects.get(oid);
    if (!found) throw new Error(`${oid} was not put`);
    return found.body;
  }

  #file(name: string, text: FileText): TreeEntry {
    const isPlain = typeof text === "string" || text instanceof Uint8Array;
    const body = isPlain ? text : text.text;
    return {
      mode: isPlain ? modes.file : text.mode,
      name,
      oid: this.put("blob", typeof body === "string" ? utf8(body) : body),
    };
  }

  /** Puts a commit of these files, or of a tree. */
  commit(files: Files | Oid, parents: readonly Oid[] = [], message = "m\n"): Oid {
    const tree = typeof files === "string" ? files : this.tree(files);
    const who = "Ada <ada@example.org> 1700000000 +0130";
    const head = [`tree ${tree}`, ...parents.map(parent => `parent ${parent}`), `author ${who}`, `committer ${who}`];
    return this.put("commit", utf8(`${head.join("\n")}\n\n${message}`));
  }
}

const nowhere = () => {
  throw new Error("adoption does not ask for this");
};

let nonces = 0;

export const platform: Platform = {
  digestInto: (bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at),
  hashesTo: nowhere,
  latin1: nowhere,
  utf16: nowhere,
  compress: nowhere,
  decompress: nowhere,
  now: nowhere,
  nonce: () => createHash("md5").update(String(nonces++)).digest("hex"),
  pause: () => Promise.resolve(),
};

export const freshBlocks = () => new MemoryBlocks((bytes, out, at) => platform.digestInto(bytes, out, at));

/** Lines of rows: each ends in a line feed. */
export function lines(...texts: readonly string[]): string {
  return texts.map(text => `${text}\n`).join("");
}

/** Opening one costs more than a whole test of a few rows. */
const sharedReader = new RowReader();

/** One repository that adopts trees, without the projection. */
export class AdoptionScene {
  readonly git = new GitBox();
  readonly blocks = freshBlocks();
  readonly #ids = new DatasetIds(this.blocks);
  readonly #counts = new LineCounts();

  /** Adopts a commit of these files. */
  async adopt(files: Files | Oid, ...parents: readonly AdoptedParent[]): Promise<AdoptedParent> {
    const tree = typeof files === "string" ? files : this.git.tree(files);
    const objects = new CommitObjects(this.git, this.git.commit(tree));
    const place = { blocks: this.blocks, platform, ids: this.#ids, counts: this.#counts, reader: sharedReader };
    const snapshot = await adoptSnapshot(place, objects, tree, parents);
    const digest = this.blocks.put(encodeSnapshot(snapshot));
    return { objects, tree, digest, snapshot };
  }

  async plain({ snapshot }: AdoptedParent) {
    return plainSnapshotOf(this.blocks, snapshot);
  }

  /** The rows of a dataset in order: id, position, item as text. */
  async rows(adopted: AdoptedParent, path: string): Promise<[id: string, position: string, item: string][]> {
    const dataset = (await this.plain(adopted)).datasets.get(path);
    if (!dataset) throw new Error(`no dataset ${path}`);
    return Array.from(dataset.rows, ([id, { position, item }]) => [id, position, printJson(item)]);
  }
}

/** A repository with its own blocks and projection, which shares git's objects with others. */
export class Town {
  constructor(
    readonly drive: Drive,
    readonly git = new GitBox(),
    readonly blocks = freshBlocks(),
  ) {}

  projector(): Promise<Projector> {
    return openProjector({ reader: this.blocks, platform, git: nodeGitPlatform, drive: this.drive });
  }

  /** Sends commits to git; gives their names. */
  async push(tips: readonly Digest[]): Promise<Oid[]> {
    const projector = await this.projector();
    const sink = { put: (type: ObjectType, body: Uint8Array) => this.git.put(type, body), drain: () => undefined };
    await projector.send(tips, { isKnown: () => false, isEmpty: true }, sink);
    const oids = await Promise.all(tips.map(tip => projector.oidOf(tip)));
    await projector.save();
    return oids;
  }

  async adopt(tips: readonly Oid[]): Promise<Map<Oid, Digest>> {
    const projector = await this.projector();
    const adopted = await adoptAll({ blocks: this.blocks, platform, projector, source: this.git }, tips);
    await projector.save();
    return adopted;
  }

  /** What a commit or tag is called in git, as its projection says. */
  async oidOf(digest: Digest): Promise<Oid> {
    return (await this.projector()).oidOf(digest);
  }

  /** The snapshot of a commit as plain documents. */
  async plain(commit: Digest): Promise<PlainSnapshot> {
    const { snapshot } = decodeCommit(await this.blocks.load(commit));
    return plainSnapshotOf(this.blocks, decodeSnapshot(await this.blocks.load(snapshot)));
  }

  /** Makes a commit here, on another. */
  async edit(parent: Digest, change: (snapshot: PlainSnapshot) => PlainSnapshot): Promise<Digest> {
    const plain = await this.plain(parent);
    const who = { name: "Ada", email: "ada@example.org", time: 1_700_000_000, zone: 90 };
    return this.blocks.put(
      encodeCommit({
        snapshot: this.blocks.put(encodeSnapshot(putSnapshot(this.blocks, change(plain)))),
        parents: [parent],
        author: who,
        committer: who,
        message: "edited",
        attributes: {},
      }),
    );
  }
}
