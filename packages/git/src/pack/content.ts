/** The entries of a pack in a scratch file: where each stands, what it is a difference from, and what it holds. */
import type { GitObject, GitPlatform, ObjectSource, ObjectType, Oid } from "../object.js";
import { applyDelta } from "./delta.js";
import { badPack, parseEntryHead, type EntryHead } from "./entry.js";
import type { PackLimits } from "./limits.js";
import { OidTable } from "./oid-table.js";
import { RecentBodies } from "./recent-bodies.js";
import type { Scratch } from "./scratch.js";

/** Bytes of bodies kept in memory. */
const recentBytes = 1 << 26;

export class PackContent {
  /** Where each entry begins, and at the end where the last one ends. */
  readonly offsets: Float64Array;
  readonly oids: OidTable;
  /** By entry, once it is known. */
  readonly types: (ObjectType | undefined)[] = [];
  /** The entry that an entry is a difference from, in this pack; -1 for none. */
  readonly bases: Int32Array;
  /** The object, not in this pack, that an entry is a difference from. */
  readonly outside = new Map<number, Oid>();
  readonly #recent = new RecentBodies(recentBytes);

  constructor(
    readonly count: number,
    readonly scratch: Scratch,
    readonly platform: GitPlatform,
    readonly limits: PackLimits,
    readonly others: ObjectSource | undefined,
  ) {
    this.offsets = new Float64Array(count + 1);
    this.oids = new OidTable(count);
    this.bases = new Int32Array(count).fill(-1);
  }

  /** Reads what an entry holds: a body, or a difference. */
  async entry(index: number): Promise<{ head: EntryHead; content: Uint8Array }> {
    const from = this.offsets[index];
    const bytes = await this.scratch.read(from, this.offsets[index + 1] - from);
    const head = parseEntryHead(bytes, 0);
    const inflated = this.platform.inflate(bytes, head.end, head.size);
    if (!inflated) throw badPack("is cut off");
    return { head, content: inflated.body };
  }

  /** Reads an object, however many differences it takes. */
  async object(index: number): Promise<GitObject> {
    const chain: Uint8Array[] = [];
    const places: number[] = [];
    let at = index;
    let object = this.#recent.get(at);
    while (!object) {
      const { head, content } = await this.entry(at);
      if ("type" in head.kind) object = { type: head.kind.type, body: content };
      else {
        chain.push(content);
        places.push(at);
        const outside = this.outside.get(at);
        at = this.bases[at];
        object = outside === undefined ? this.#recent.get(at) : await this.#outsideObject(outside);
      }
      if (object && at >= 0) this.#recent.set(at, object);
    }
    for (let i = chain.length - 1; i >= 0; i--) {
      object = { type: object.type, body: applyDelta(object.body, chain[i], this.limits.maxObjectBytes) };
      this.#recent.set(places[i], object);
    }
    return object;
  }

  async #outsideObject(oid: Oid): Promise<GitObject> {
    const object = await this.others?.read(oid);
    if (!object) throw badPack(`is made from ${oid}, which is not here`);
    return object;
  }
}
