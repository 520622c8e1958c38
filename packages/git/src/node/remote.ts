/** Opens git repositories as remotes, with what Node offers. */
import type { Local, Remote } from "@sheaf/core";
import { nodeGitPlatform } from "./platform.js";
import { openGitRemote } from "../remote.js";
import { BundlePeer } from "../transport/bundle.js";
import { nodeBundleFile } from "./bundle-file.js";
import { openNodeScratch } from "./scratch.js";
import type { OpenDrive } from "../remote/place.js";
import { openGitServer, type GitServerOptions } from "./server.js";

export interface GitRemoteOptions extends GitServerOptions {
  /** Lends an empty drive, on which all of a repository is put together when a part of it is wanted; without it, no part can be had. */
  readonly openDrive?: OpenDrive | undefined;
}

/**
 * Opens a git repository as a remote: `https://…`, `ssh://…`, `host:path`, `file://…`, a path, or a path that ends in `.bundle`. Nothing is asked yet.
 *
 * Throws bad-input for a URL of another kind.
 */
export function openNodeGitRemote(url: string, local: Local, options: GitRemoteOptions = {}): Remote {
  const isBundle = /\.(?:bundle|car)$/i.test(url) && !/^[a-z][a-z0-9+.-]+:\/\//i.test(url);
  const peer = isBundle ? new BundlePeer(nodeBundleFile(url)) : openGitServer(url, options);
  return openGitRemote(peer, {
    local,
    git: nodeGitPlatform,
    openScratch: () => openNodeScratch(),
    openDrive: options.openDrive,
  });
}
