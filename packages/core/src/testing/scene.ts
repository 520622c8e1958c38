/** A small repository drawn in a few lines, for tests of the store: commits over a list of rows, as dag-cbor that any walk can follow. */
import { printCid, type Digest } from "../block/cid.js";
import { encode, Link, type Ipld } from "../item/cbor.js";
import type { Platform } from "../platform.js";
import { BlockStore, type StoreOptions } from "../store/blocks.js";
import type { Drive } from "../store/drive.js";
import { Logs } from "../store/logs.js";
import type { Transaction } from "../store/transaction.js";

const who = { name: "Ada", email: "ada@example.org" };
const link = (digest: Digest) => new Link(digest);

/** A commit of the scene: its digest, and those of everything below it that it made. */
export interface Drawn {
  readonly commit: Digest;
  readonly blocks: readonly Digest[];
}

/** A store and its logs over one drive, seen as by one process. */
export class Scene {
  private constructor(
    readonly store: BlockStore,
    readonly logs: Logs,
  ) {}

  static async open(drive: Drive, platform: Platform, options: StoreOptions = {}): Promise<Scene> {
    return new Scene(await BlockStore.open(drive, platform, options), new Logs(drive, platform));
  }

  /** Writes a commit over items of these texts, ten to a node, without moving a ref. */
  async draw(texts: readonly string[], parent?: Digest): Promise<Drawn> {
    const transaction = await this.store.begin();
    try {
      const drawn = draw(transaction, texts, parent);
      await transaction.close();
      return drawn;
    } catch (error) {
      await transaction.abort();
      throw error;
    }
  }

  /** Moves a ref from whatever it says; `undefined` deletes it. Says whether it was first. */
  async move(ref: string, commit: Digest | undefined): Promise<boolean> {
    const from = await this.logs.read(ref);
    const to = commit ? printCid(commit) : null;
    return (await this.logs.move(ref, { from, to, who, command: "draw" })).ok;
  }

  /** Draws a commit on a ref. */
  async commit(ref: string, texts: readonly string[]): Promise<Drawn> {
    const drawn = await this.draw(texts);
    await this.move(ref, drawn.commit);
    return drawn;
  }
}

function draw(transaction: Transaction, texts: readonly string[], parent: Digest | undefined): Drawn {
  const blocks: Digest[] = [];
  const put = (value: Ipld) => {
    const digest = transaction.put(encode(value));
    blocks.push(digest);
    return digest;
  };
  const nodes: Digest[] = [];
  for (let from = 0; from < texts.length || from === 0; from += 10) {
    const entries = texts
      .slice(from, from + 10)
      .flatMap((text, i) => [new TextEncoder().encode(`key ${from + i}`), link(put({ text }))]);
    nodes.push(put([0, entries]));
  }
  const root = put([1, nodes.map(link)]);
  const dataset = put({ type: "dataset", rows: link(root) });
  return { commit: put({ type: "commit", dataset: link(dataset), parents: parent ? [link(parent)] : [] }), blocks };
}

/** Texts that differ, told apart by a name. */
export function textsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name} ${i} ${"lorem ipsum ".repeat(i % 7)}`);
}
