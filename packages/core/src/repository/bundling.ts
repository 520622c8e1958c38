/** Bundles of this repository's refs, and what comes out of them. */
import { parseCid, printCid, type Cid } from "../block/cid.js";
import { SheafError } from "../errors.js";
import { notePrefix } from "../history/note.js";
import { printBundle, type BundledRef } from "../sync/bundle.js";
import { openBundleRemote, verifyBundle, type OpenBundle } from "../sync/bundle-remote.js";
import { localOf } from "./connection.js";
import type { Context } from "./context.js";
import type { Watch } from "./contract.js";
import { fetchFrom } from "./fetching.js";
import { headLog } from "./heads.js";
import { notesWithin } from "./note-exchange.js";
import { fullNames } from "./refspec.js";
import type { BundleInfo, BundleOptions, FetchResult } from "./remote-contract.js";
import { resolveRevision } from "./revisions.js";

const usualPrefixes = ["refs/heads/", "refs/tags/", "refs/environments/", notePrefix];

/** The bytes of a bundle of these branches and tags (default: all, and the environments). */
export async function* bundle(
  context: Context,
  names: readonly string[] | undefined,
  { without = [], signal, progress }: BundleOptions,
): AsyncGenerator<Uint8Array> {
  const refs = names === undefined ? await allRefs(context) : await namedRefs(context, names);
  const head = (await context.logs.read(headLog))?.value ?? undefined;
  const left = [];
  for (const revision of without) left.push(await resolveRevision(context, revision));
  const { platform, store } = context;
  const isIn = refs.some(({ name }) => name === head);
  yield* printBundle(store, refs, {
    platform,
    without: left,
    signal,
    progress,
    ...(head !== undefined && isIn ? { head } : {}),
  });
}

async function allRefs(context: Context): Promise<BundledRef[]> {
  const refs: BundledRef[] = [];
  for (const prefix of usualPrefixes)
    for (const { name, entry } of await context.logs.heads(prefix))
      if (entry.value !== null) refs.push({ name, digest: parseCid(entry.value).digest });
  return refs;
}

async function namedRefs(context: Context, names: readonly string[]): Promise<BundledRef[]> {
  const refs: BundledRef[] = [];
  for (const short of names) {
    const ref = await findRef(context, short);
    if (!refs.some(({ name }) => name === ref.name)) refs.push(ref);
  }
  return [...refs, ...(await notesAbout(context, refs))];
}

/** The notes of versions in the history of refs. */
async function notesAbout(context: Context, refs: readonly BundledRef[]): Promise<BundledRef[]> {
  const all = new Map((await context.logs.heads(notePrefix)).map(({ name, entry }) => [name, entry.value]));
  const tips = refs.filter(({ name }) => !all.has(name)).map(({ digest }) => digest);
  const within = await notesWithin(context, tips, [...all.keys()]);
  return within
    .filter(note => !refs.some(({ name }) => name === note))
    .map(name => ({ name, digest: parseCid(all.get(name) ?? "").digest }));
}

async function findRef(context: Context, short: string): Promise<BundledRef> {
  const head = short === headLog ? (await context.logs.read(headLog))?.value : undefined;
  for (const name of fullNames(head ?? short)) {
    const value = (await context.logs.read(name))?.value ?? null;
    if (value !== null) return { name, digest: parseCid(value).digest };
  }
  throw new SheafError(
    "no-such-ref",
    { ref: short },
    `there is no branch or tag ${JSON.stringify(short)}; a bundle holds refs, so make one for a commit that has none`,
  );
}

/** Takes in a bundle: its branches become those of a remote of this name. */
export function unbundle(
  context: Context,
  open: OpenBundle,
  url: string,
  name: string,
  watch: Watch,
): Promise<FetchResult> {
  const remote = openBundleRemote(open, localOf(context), url);
  return fetchFrom(context, { name, remote }, watch);
}

/** Reads all of a bundle and proves it; stores nothing. */
export async function checkBundle(context: Context, open: OpenBundle, watch: Watch): Promise<BundleInfo> {
  const { refs, head, prerequisites, blocks, bytes } = await verifyBundle(open, localOf(context), watch);
  return {
    refs: refs.map(({ name, digest }): { name: string; cid: Cid } => ({ name, cid: printCid(digest) })),
    prerequisites: prerequisites.map(digest => printCid(digest)),
    blocks,
    bytes,
    ...(head === undefined ? {} : { head }),
  };
}
