/** Opens git repositories as remotes, with what Node offers. */
import type { Local, Remote } from "@sheaf/core";
import { nodeGitPlatform } from "./platform.js";
import { openGitRemote } from "../remote.js";
import { BundlePeer } from "../transport/bundle.js";
import { nodeBundleFile } from "./bundle-file.js";
import { openNodeScratch } from "./scratch.js";
import { openGitServer, type GitServerOptions } from "./server.js";

/**
 * Opens a git repository as a remote: `https://…`, `ssh://…`, `host:path`, `file://…`, a path, or a path that ends in `.bundle`. Nothing is asked yet.
 *
 * Throws bad-input for a URL of another kind.
 */
export function openNodeGitRemote(url: string, local: Local, options: GitServerOptions = {}): Remote {
  const isBundle = /\.bundle$/i.test(url) && !/^[a-z][a-z0-9+.-]+:\/\//i.test(url);
  const peer = isBundle ? new BundlePeer(nodeBundleFile(url)) : openGitServer(url, options);
  return openGitRemote(peer, { local, git: nodeGitPlatform, openScratch: () => openNodeScratch() });
}
