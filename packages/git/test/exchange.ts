/** What tests of the transport share: a small history, pushed and fetched. */
import { utf8 } from "@sheaf/core";
import { gitEnvironment } from "./git.js";
import { printCommit } from "../src/commit.js";
import { nodeGitPlatform } from "../src/node.js";
import { openGitServer, type GitServerOptions } from "../src/node/server.js";
import type { Oid } from "../src/object.js";
import { zeroOid } from "../src/oid.js";
import { receivePack } from "../src/pack/reader.js";
import { MemoryScratch } from "../src/pack/scratch.js";
import { PackWriter } from "../src/pack/writer.js";
import { modes, printTree } from "../src/tree.js";

export const environment = gitEnvironment("/nonexistent");
export const open = (url: string, options: GitServerOptions = {}) => openGitServer(url, { environment, ...options });
export const main = "refs/heads/main";

/** A pack of one commit with one file. */
export function history(text: string, parent?: Oid): { head: Oid; writer: PackWriter } {
  const writer = new PackWriter(nodeGitPlatform, new MemoryScratch(), { thin: true });
  const blob = writer.put("blob", utf8(text));
  const tree = writer.put("tree", printTree([{ mode: modes.file, name: "a.txt", oid: blob }]));
  const author = utf8("Ada <ada@example.org> 1700000000 +0000");
  const parents = parent ? [parent] : [];
  const head = writer.put(
    "commit",
    printCommit({ tree, parents, author, committer: author, extra: [], message: utf8("m\n") }),
  );
  return { head, writer };
}

export async function push(url: string, text: string, from: Oid = zeroOid, options: GitServerOptions = {}) {
  const server = open(url, options);
  const { head, writer } = history(text, from === zeroOid ? undefined : from);
  try {
    return { head, ...(await server.push([{ name: main, from, to: head }], writer.stream())) };
  } finally {
    await server.close();
  }
}

export async function fetchAll(url: string, haves: readonly Oid[] = [], options: GitServerOptions = {}) {
  const server = open(url, options);
  const { refs, head } = await server.refs();
  const wants = refs.map(({ oid }) => oid);
  const chunks = server.fetch(wants, haves);
  const pack = await receivePack(chunks, { platform: nodeGitPlatform, openScratch: () => new MemoryScratch() });
  const traffic = server.traffic();
  await server.close();
  return { refs, head, pack, traffic };
}
