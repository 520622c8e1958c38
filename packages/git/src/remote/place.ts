/** What a git remote works with on this side. */
import type { Local } from "@sheaf/core";
import type { GitPlatform } from "../object.js";
import type { OpenScratch } from "../pack/scratch.js";
import { openProjector } from "../project/projection.js";
import type { Projector } from "../project/contract.js";

export interface GitRemotePlace {
  readonly local: Local;
  readonly git: GitPlatform;
  /** For packs on their way. */
  readonly openScratch: OpenScratch;
}

/** Opens what is known of the projection; blocks are read by `reader`, or else those that are here. */
export function openKnown({ local, git }: GitRemotePlace, reader = local.reader): Promise<Projector> {
  return openProjector({ reader, platform: local.platform, git, drive: local.drive });
}
