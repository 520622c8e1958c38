/** Reads everything: proves every block, follows every ref to its end, and names what is damaged, what is missing, and what depends on it. */
import { parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { isSheafError, type SheafError } from "../errors.js";
import type { BlockStore } from "./blocks.js";
import { DigestSet } from "./digest-set.js";
import type { Logs } from "./logs.js";
import { header, headerBytes } from "./pack-format.js";
import type { Pack } from "./pack.js";
import { walkPack } from "./pack-walk.js";
import { Reach, rootsIn, type ReachOptions, type Root } from "./reach.js";

/** Something that is wrong, and only that: the rest can be read. */
export interface Finding {
  /** `file`: a pack or an entry of a log is damaged; `block`: one block of a pack is; `missing`: a block that a log needs is nowhere whole; `meaning`: see {@link VerifyOptions.check}. */
  readonly kind: "file" | "block" | "missing" | "meaning";
  /** One sentence. */
  readonly message: string;
  readonly file?: string;
  readonly cid?: Cid;
  /** The log that needs the block. */
  readonly log?: string;
  /** The blocks from the log's value to the one that needs it, this one last. */
  readonly path?: readonly Cid[];
}

export interface Verified {
  readonly packs: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly logs: number;
  readonly reachable: number;
  readonly findings: number;
}

export interface VerifyOptions extends ReachOptions {
  /** Looks into every block that a log reaches and that has links; gives a phrase if it does not mean what it should. */
  readonly check?: (block: Uint8Array, digest: Digest) => string | undefined;
}

/** Yields findings as they come up; returns the numbers. Throws only when the drive fails. */
export async function* verify(
  store: BlockStore,
  logs: Logs,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, Verified> {
  const work = new Verifying(store, logs, options);
  for await (const finding of work.run()) {
    work.findings++;
    yield finding;
  }
  return work.summary;
}

class Verifying {
  findings = 0;
  /** Blocks that were read and proven. */
  readonly #whole = new DigestSet();
  readonly #reach: Reach;
  /** By number of the root in the walk. */
  readonly #roots = new Map<number, Root>();
  #bytes = 0;
  #logs = 0;
  #packs = 0;

  constructor(
    readonly store: BlockStore,
    readonly logs: Logs,
    readonly options: VerifyOptions,
  ) {
    this.#reach = new Reach(store.platform, options);
  }

  get summary(): Verified {
    const { digests } = this.#reach;
    return {
      packs: this.#packs,
      blocks: this.#whole.size,
      bytes: this.#bytes,
      logs: this.#logs,
      reachable: digests.size,
      findings: this.findings,
    };
  }

  async *run(): AsyncGenerator<Finding> {
    // Refs first: whatever they name was durable before them, so the packs listed next hold it.
    yield* this.#readLogs();
    await this.store.shelf.refresh();
    for (const [file, { message }] of this.store.shelf.damaged) yield { kind: "file", file, message };
    for (const pack of this.store.shelf.packs) yield* this.#verifyPack(pack);
    yield* this.#follow();
  }

  async *#verifyPack(pack: Pack): AsyncGenerator<Finding> {
    const { name: file } = pack;
    this.#packs++;
    this.#bytes += pack.bytes;
    const first = await this.store.drive.read(file, { start: 0, end: headerBytes });
    // It was replaced by another since it was listed.
    if (!first) return;
    if (!header.every((byte, i) => first[i] === byte))
      yield { kind: "file", file, message: `${file} is damaged: it does not begin as a pack does` };
    try {
      for await (const { bytes, digest, offset, length } of walkPack(pack)) {
        if (bytes) this.#whole.add(digest);
        else
          yield {
            kind: "block",
            file,
            message: `${file} is damaged: the ${length} bytes at ${offset} are not the block whose digest begins ${hex(digest)}`,
          };
        if (this.#whole.size % 4096 === 0) await this.#rest();
      }
    } catch (error) {
      if (!isSheafError(error, "corrupt-block")) throw error;
      yield { kind: "file", file, message: error.message };
    }
  }

  async *#readLogs(): AsyncGenerator<Finding> {
    for await (const log of this.logs.names()) {
      this.#logs++;
      for await (const { file, entry, error } of this.logs.outcomes(log)) {
        if (error) yield { kind: "file", file, log, message: error.message };
        if (entry) for (const root of rootsIn(log, entry)) this.#addRoot(root);
      }
    }
  }

  #addRoot(root: Root): void {
    const number = this.#reach.add(root.digest, root.kind);
    if (!this.#roots.has(number)) this.#roots.set(number, root);
  }

  /** Follows the links from every root, past what is missing. */
  async *#follow(): AsyncGenerator<Finding> {
    const doubtful: number[] = [];
    const wrong: Finding[] = [];
    const { digests } = this.#reach;
    await this.#reach.walk(
      async numbers => {
        const blocks = await this.#read(numbers.map(number => digests.digest(number)));
        if (this.options.check) wrong.push(...this.#judge(numbers, blocks, this.options.check));
        return blocks;
      },
      number => {
        if (this.#whole.find(digests.segment(number), digests.offset(number)) < 0) doubtful.push(number);
      },
    );
    for (const number of doubtful) {
      const error = await this.#failure(digests.digest(number));
      if (error) yield this.#missing(number, error);
    }
    yield* wrong;
  }

  /** The blocks that can be had. */
  async #read(digests: readonly Digest[]): Promise<(Uint8Array | undefined)[]> {
    try {
      if (digests.every(digest => this.#whole.find(digest) >= 0)) return await this.store.loadMany(digests);
    } catch (error) {
      if (!isSheafError(error)) throw error;
    }
    const blocks: (Uint8Array | undefined)[] = [];
    for (const digest of digests)
      blocks.push((await this.#failure(digest)) ? undefined : await this.store.load(digest));
    return blocks;
  }

  /** Why a block cannot be had. Packs may have been replaced since they were verified, so this asks the store. */
  async #failure(digest: Digest): Promise<SheafError | undefined> {
    try {
      await this.store.load(digest);
      return undefined;
    } catch (error) {
      if (isSheafError(error, "missing-block") || isSheafError(error, "corrupt-block")) return error;
      throw error;
    }
  }

  #missing(number: number, error: SheafError): Finding {
    const digests = this.#reach.pathTo(number);
    const root = this.#roots.get(this.#reach.digests.find(digests[0]));
    const cid = printCid(
      digests[digests.length - 1],
      root && digests.length === 1 ? parseCid(root.cid).codec : undefined,
    );
    const path = digests.slice(0, -1).map(digest => printCid(digest));
    const log = root?.log ?? "";
    const file = "file" in error.data && error.data.file !== undefined ? { file: error.data.file } : {};
    return {
      kind: "missing",
      cid,
      log,
      path,
      ...file,
      message: `${log} needs block ${cid}, which ${isSheafError(error, "missing-block") ? "is not here" : "is damaged"}`,
    };
  }

  #judge(
    numbers: readonly number[],
    blocks: readonly (Uint8Array | undefined)[],
    check: NonNullable<VerifyOptions["check"]>,
  ): Finding[] {
    const findings: Finding[] = [];
    blocks.forEach((block, i) => {
      const digest = this.#reach.digests.digest(numbers[i]);
      const fault = block && check(block, digest);
      if (fault === undefined) return;
      const digests = this.#reach.pathTo(numbers[i]);
      const log = this.#roots.get(this.#reach.digests.find(digests[0]))?.log ?? "";
      const cid = printCid(digest);
      findings.push({
        kind: "meaning",
        cid,
        log,
        path: digests.slice(0, -1).map(one => printCid(one)),
        message: `block ${cid}, which ${log} needs, ${fault}`,
      });
    });
    return findings;
  }

  async #rest(): Promise<void> {
    this.options.signal?.throwIfAborted();
    await this.store.platform.pause();
  }
}

function hex(digest: Uint8Array): string {
  return Array.from(digest.subarray(0, 8), byte => byte.toString(16).padStart(2, "0")).join("");
}
