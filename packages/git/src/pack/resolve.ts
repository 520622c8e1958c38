/** Makes every object of a pack that is sent as a difference once, for its name: bases before what is made from them. */
import type { Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import type { PackContent } from "./content.js";
import { badPack } from "./entry.js";
import type { Scanned } from "./scan.js";

/** Most differences in a row that git writes. */
const maxDepth = 4095;
const watchEvery = 256;

/**
 * Names every entry.
 *
 * Goes down from each whole object to what is made from it, so that a base is used while it is in memory. What hangs in the air at the end is looked for
 * outside of the pack; what then still does, such as differences in a circle, is refused.
 */
export async function resolve(content: PackContent, { byBase, bytes }: Scanned, watch: Watch): Promise<void> {
  const walk = new Resolution(content, byBase, bytes, watch);
  const wholes = Array.from({ length: content.count }, (_, index) => index).filter(index => content.types[index]);
  for (const index of wholes) await walk.down(index, 0);
  for (const [base, entries] of byBase) {
    if (!byBase.has(base) || !(await content.others?.read(base))) continue;
    byBase.delete(base);
    for (const index of entries) content.outside.set(index, base);
    for (const index of entries) await walk.down(index, 1);
  }
  if (walk.named === content.count) return;
  const [missing] = byBase.keys();
  throw badPack(
    missing === undefined
      ? "holds differences that lead nowhere"
      : `is made from ${missing}, which is neither in it nor here`,
  );
}

class Resolution {
  named = 0;
  /** The first entry made from each, and the next one made from the same: + 1, 0 for none. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(
    readonly content: PackContent,
    readonly byBase: Map<Oid, number[]>,
    private bytes: number,
    readonly watch: Watch,
  ) {
    this.#first = new Int32Array(content.count);
    this.#next = new Int32Array(content.count);
    for (let index = content.count - 1; index >= 0; index--) if (content.bases[index] >= 0) this.#hang(index);
  }

  /** Names an entry and all that is made from it. */
  async down(root: number, depth: number): Promise<void> {
    const stack: [index: number, depth: number][] = [[root, depth]];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [index, below] = top;
      if (this.named++ % watchEvery === 0) this.#look();
      if (below > maxDepth) throw badPack(`holds more than ${maxDepth} differences in a row`);
      if (below > 0) await this.#name(index);
      this.#adopt(index);
      for (let child = this.#first[index]; child > 0; child = this.#next[child - 1]) stack.push([child - 1, below + 1]);
    }
  }

  async #name(index: number): Promise<void> {
    const { type, body } = await this.content.object(index);
    this.bytes += body.length;
    const { maxTotalBytes } = this.content.limits;
    if (this.bytes > maxTotalBytes) throw badPack(`unpacks to more than the ${maxTotalBytes} bytes that are taken`);
    this.content.types[index] = type;
    this.content.oids.set(index, oidOf(this.content.platform, type, body));
  }

  /** Hangs the entries below this one that are differences from it by its name. */
  #adopt(index: number): void {
    const oid = this.content.oids.oid(index);
    for (const child of this.byBase.get(oid) ?? []) {
      this.content.bases[child] = index;
      this.#hang(child);
    }
    this.byBase.delete(oid);
  }

  #hang(index: number): void {
    const base = this.content.bases[index];
    this.#next[index] = this.#first[base];
    this.#first[base] = index + 1;
  }

  #look(): void {
    this.watch.signal?.throwIfAborted();
    this.watch.progress?.({ phase: "resolving", done: this.named, total: this.content.count, unit: "objects" });
  }
}
