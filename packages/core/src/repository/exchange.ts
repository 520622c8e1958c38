/** The serving side of a repository: what its server does for another one that fetches or pushes. */
import type { Watch } from "../watch.js";
import type { Mover } from "../sync/ref-move.js";
import * as giving from "../sync/giving.js";
import type { Local, RemoteRefs } from "../sync/remote.js";

export class Exchange {
  constructor(
    readonly local: Local,
    /** Told when a push brought something. */
    readonly onPush: () => void = () => undefined,
  ) {}

  /** The refs that others may have. */
  refs(): Promise<RemoteRefs> {
    return giving.givenRefs(this.local.logs);
  }

  /** Those of these blocks that are here, in order. */
  present(cids: readonly string[]): Promise<string[]> {
    return giving.presentOf(this.local, cids);
  }

  /** A CAR file of everything that `wants` reach and whoever has `haves` lacks. Throws no-such-ref before the first byte. */
  missing(wants: readonly string[], haves: readonly string[], watch: Watch = {}): AsyncIterable<Uint8Array> {
    return giving.givenBlocks(this.local, wants, haves, watch);
  }

  /** A CAR file of these very blocks, in their order. Throws missing-block before the first byte. */
  chosen(cids: readonly string[]): AsyncIterable<Uint8Array> {
    return giving.chosenBlocks(this.local, cids);
  }

  /** Takes a push: blocks as a CAR file, then the moves of refs that its first block asks for. Throws bad-input, and moves nothing, when it is not whole. */
  take(input: AsyncIterable<Uint8Array>, mover: Omit<Mover, "zone">, watch: Watch = {}): Promise<giving.Taken> {
    return giving.takePush(this.local, input, mover, watch).finally(this.onPush);
  }
}
