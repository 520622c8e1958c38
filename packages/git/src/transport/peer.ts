/** A git repository somewhere else, as what pushes and fetches sees it: a server, or a bundle file. */
import type { Traffic, Watch } from "@sheaf/core";
import type { Oid } from "../object.js";
import type { Advertisement } from "./advertisement.js";
import type { RefCommand, RefReport } from "./commands.js";

/** What a push came to. `words`: what the other side's hooks said to people, free of control characters. */
export interface PushResult {
  readonly refs: readonly RefReport[];
  readonly words: string;
}

export interface GitPeer {
  /** Where it is, without credentials. */
  readonly url: string;
  /** Bytes sent and received so far. */
  traffic(): Pick<Traffic, "sent" | "received">;
  /** Its refs now. */
  refs(watch?: Watch): Promise<Advertisement>;
  /**
   * Its refs now, as one sees them who pushes: those that a push is judged by. The next {@link push} goes on from here.
   *
   * Throws remote-failed where pushing is not allowed at all.
   */
  refsToPush(watch?: Watch): Promise<Advertisement>;
  /**
   * Asks for objects: gives the bytes of a pack with all that the wanted reach and the haves do not; nothing at all for no wants.
   *
   * Throws remote-failed, in the middle of it too.
   *
   * @param haves commits that are here with all that they reach, those first that the other side most likely knows; no more are taken than it takes to agree
   */
  fetch(
    wants: readonly Oid[],
    haves: AsyncIterable<Oid> | Iterable<Oid>,
    options?: FetchPackOptions,
  ): AsyncIterable<Uint8Array>;
  /**
   * Sends objects and asks for moves of refs; each is done or not on its own, and all are reported on in their order.
   *
   * Throws remote-failed when the connection breaks or the other side gives up: then what was moved shows in {@link refs}, and the same may be sent again.
   *
   * @param pack the pack as a stream; left out when refs are only removed
   */
  push(
    commands: readonly RefCommand[],
    pack: AsyncIterable<Uint8Array> | undefined,
    watch?: Watch,
  ): Promise<PushResult>;
  close(): Promise<void>;
}

export interface FetchPackOptions extends Watch {
  /** Whether the pack may hold differences from what the haves reach, without that itself. */
  readonly thin?: boolean;
}
