/** Git repositories by what Node offers: sha1, zlib, temporary files, HTTP, git's own programs. */
export { openNodeGitRemote } from "./node/remote.js";
export { nodeGitPlatform } from "./node/platform.js";
export { fromGit, fromUrl } from "./node/credential-sources.js";
export { openNodeScratch } from "./node/scratch.js";
export { openGitServer, type GitServerOptions } from "./node/server.js";
export type { HttpRequests } from "./transport/http.js";
export { CredentialQueue, type CredentialSource } from "./transport/credentials.js";
