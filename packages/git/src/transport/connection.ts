/**
 * The seam between git's protocol and what carries it: HTTP, or the pipes of a program.
 *
 * A carrier knows how to reach one repository and how to say so when it cannot; it knows nothing of wants, haves and commands.
 */
import type { Traffic, Watch } from "@sheaf/core";
import type { Advertisement } from "./advertisement.js";
import type { PacketReader } from "./packet.js";

/** Which of git's two programs answers there. */
export type Service = "git-upload-pack" | "git-receive-pack";

/** What a request is sent as: pieces that are in memory and may be sent again, or a stream that comes once. */
export type RequestBody = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export interface Carrier {
  /** Where it leads, without credentials: for people. */
  readonly url: string;
  /** Begins to talk to a program. Throws remote-failed or no-such-repository. */
  connect(service: Service, watch: Watch): Promise<Conversation>;
  /** Bytes so far. */
  traffic(): Pick<Traffic, "sent" | "received">;
  /** Says in a sentence what went wrong, where the cause is a broken connection or an answer that is not git's. */
  failure(cause: unknown): Error;
  close(): Promise<void>;
}

export interface Conversation {
  readonly advertisement: Advertisement;
  /** Whether the other side forgets everything between exchanges, as over HTTP. */
  readonly isForgetful: boolean;
  /** Sends a request and gives what answers it; it is sent while the answer is read. */
  exchange(request: RequestBody): Promise<PacketReader>;
  /** What was said to people beside the answers so far, where there is such a way; as it came. */
  words(): string;
  /** Says better what went wrong, where what was said beside the answers tells. */
  explain(cause: unknown): Promise<unknown>;
  close(): Promise<void>;
}
