/** What a git remote works with on this side. */
import type { Awaitable, Drive, Local } from "@sheaf/core";
import type { GitPlatform } from "../object.js";
import type { OpenScratch } from "../pack/scratch.js";
import { openProjector } from "../project/projection.js";
import type { Projector } from "../project/contract.js";

export interface GitRemotePlace {
  readonly local: Local;
  readonly git: GitPlatform;
  /** For packs on their way. */
  readonly openScratch: OpenScratch;
  /** For a whole repository of which a part is wanted; without it no part can be had. */
  readonly openDrive?: OpenDrive | undefined;
}

/** An empty drive for a while, and what lets go of it with all that is on it. */
export interface LentDrive {
  readonly drive: Drive;
  close(): Awaitable<void>;
}

/** Lends one. */
export type OpenDrive = () => Awaitable<LentDrive>;

/** Opens what is known of the projection; blocks are read by `reader`, or else those that are here. */
export function openKnown({ local, git }: GitRemotePlace, reader = local.reader): Promise<Projector> {
  return openProjector({ reader, platform: local.platform, git, drive: local.drive });
}
