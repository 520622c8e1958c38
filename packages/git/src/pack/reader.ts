/**
 * Takes a pack from a stream of any size and gives its objects: nothing of it is believed before it is checked.
 *
 * Its bytes lie in a scratch file; memory holds where objects stand and what was used lately.
 */
import type { Awaitable, Watch } from "@sheaf/core";
import type { GitObject, GitPlatform, ObjectSource, ObjectType, Oid } from "../object.js";
import { PackContent } from "./content.js";
import { badPack, headBytes, parsePackHead, trailerBytes } from "./entry.js";
import { minEntryBytes, packLimits, type PackLimits } from "./limits.js";
import { resolve } from "./resolve.js";
import { scan } from "./scan.js";
import type { OpenScratch } from "./scratch.js";
import { spool } from "./spool.js";

export interface ReceiveOptions extends Watch {
  readonly platform: GitPlatform;
  /** Where the pack lies while it is read. */
  readonly openScratch: OpenScratch;
  /** What is here already: a pack may hold differences from it. */
  readonly others?: ObjectSource | undefined;
  readonly limits?: PackLimits | undefined;
}

/** The objects of a pack that arrived. */
export interface ReceivedPack extends ObjectSource {
  /** Objects in it. */
  readonly count: number;
  /** Bytes that arrived. */
  readonly bytes: number;
  /** Lists names and types, in the order of the pack. */
  list(): Iterable<{ readonly oid: Oid; readonly type: ObjectType }>;
  close(): Awaitable<void>;
}

/**
 * Receives a whole pack; no bytes at all are a pack without objects.
 *
 * Throws bad-input when it is damaged, is made from what is neither in it nor in `others`, or goes beyond the limits. Whatever is thrown, the scratch
 * file is gone.
 */
export async function receivePack(chunks: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<ReceivedPack> {
  const scratch = await options.openScratch();
  try {
    const bytes = await spool(chunks, scratch, options.platform, options);
    const count = bytes === 0 ? 0 : parsePackHead(await scratch.read(0, headBytes));
    if (count * minEntryBytes > bytes) throw badPack(`says that it holds ${count} objects, more than fit into it`);
    const { platform, others, limits = packLimits } = options;
    const content = new PackContent(count, scratch, platform, limits, others);
    if (bytes > 0) await resolve(content, await scan(content, bytes - trailerBytes, options), options);
    return new PackObjects(content, bytes);
  } catch (error) {
    await scratch.close();
    throw error;
  }
}

class PackObjects implements ReceivedPack {
  constructor(
    readonly content: PackContent,
    readonly bytes: number,
  ) {}

  get count(): number {
    return this.content.count;
  }

  async read(oid: Oid): Promise<GitObject | undefined> {
    const index = this.content.oids.find(oid);
    return index < 0 ? undefined : this.content.object(index);
  }

  *list(): Generator<{ oid: Oid; type: ObjectType }> {
    for (let index = 0; index < this.count; index++) {
      const type = this.content.types[index];
      if (type) yield { oid: this.content.oids.oid(index), type };
    }
  }

  async close(): Promise<void> {
    await this.content.scratch.close();
  }
}
