/**
 * Bundles: commits in a CAR file, to be carried where no network goes.
 *
 * The first root and first block is the bundle's own, `{ type: "bundle", version: 1, refs, head?, prerequisites }`: the names of refs with links to what they
 * name, and the commits that the reader must have. The other roots are what the refs name, so any IPLD tool walks from there.
 */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, printCid, type Digest } from "../block/cid.js";
import { asBlock, asDigests } from "../block/shape.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { difference } from "../history/ancestry.js";
import { decodeCommit } from "../history/commit.js";
import { peel } from "../history/revision.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import { isObject, type Value } from "../item/value.js";
import type { Platform } from "../platform.js";
import { DigestSet } from "../store/digest-set.js";
import { compareText } from "../text.js";
import type { Watch } from "../watch.js";
import type { CarReader } from "./car.js";
import { carHead, missingBlocks } from "./missing.js";

/** A ref in a bundle. */
export interface BundledRef {
  readonly name: string;
  /** A commit or an annotated tag. */
  readonly digest: Digest;
}

export interface Bundle {
  readonly refs: readonly BundledRef[];
  /** The ref that was the current branch. */
  readonly head?: string;
  /** Commits that the file does not hold, and what it holds is made from. */
  readonly prerequisites: readonly Digest[];
}

export interface BundleOptions extends Watch {
  readonly platform: Platform;
  readonly head?: string;
  /** Commits whose history is left out. */
  readonly without?: readonly Digest[];
}

/** The bytes of a bundle of these refs. Throws refused when there is nothing in it. */
export async function* printBundle(
  reader: BlockReader,
  refs: readonly BundledRef[],
  options: BundleOptions,
): AsyncGenerator<Uint8Array> {
  const { platform, head, without = [], signal, progress } = options;
  const prerequisites = await prerequisitesOf(reader, refs, without);
  const block = encodeBundle({ refs, prerequisites, ...(head === undefined ? {} : { head }) });
  const wants = refs.map(({ digest }) => digest);
  yield carHead(platform, block, wants);
  const passage = { platform, near: reader, far: reader, giver: "near", wants, haves: prerequisites } as const;
  yield* missingBlocks({ ...passage, signal, progress });
}

/** The commits at the edge of what is left out: parents of what goes along, and what refs name that does not. */
async function prerequisitesOf(
  reader: BlockReader,
  refs: readonly BundledRef[],
  without: readonly Digest[],
): Promise<Digest[]> {
  if (refs.length === 0) throw new SheafError("refused", {}, "there is no branch or tag to bundle");
  if (without.length === 0) return [];
  const tips: Digest[] = [];
  for (const { digest } of refs) tips.push(await peel(reader, digest));
  const { ahead } = await difference(reader, tips, without);
  if (ahead.length === 0)
    throw new SheafError("refused", {}, "there is nothing to bundle: all of it is in what is left out");
  const own = new DigestSet();
  for (const commit of ahead) own.add(commit);
  const edge = new DigestSet();
  for (const tip of tips) if (own.find(tip) < 0) edge.add(tip);
  for (const commit of ahead)
    for (const parent of decodeCommit(await reader.load(commit)).parents) if (own.find(parent) < 0) edge.add(parent);
  return Array.from({ length: edge.size }, (_, i) => edge.digest(i));
}

function encodeBundle({ refs, head, prerequisites }: Bundle): Uint8Array {
  const link = (digest: Digest) => new Link(digest, dagCbor);
  const sorted = [...refs].sort((a, b) => compareText(a.name, b.name));
  return encode({
    type: "bundle",
    version: 1,
    refs: sorted.map(({ name, digest }): Ipld => [name, link(digest)]),
    prerequisites: prerequisites.map(link),
    ...(head === undefined ? {} : { head }),
  });
}

function decodeBundle(bytes: Uint8Array): Bundle {
  const block = asBlock(decode(bytes), "bundle");
  const listed = block["refs"];
  const refs = (Array.isArray(listed) ? listed : []).map(pair => {
    const [name, link] = Array.isArray(pair) ? pair : [];
    if (typeof name !== "string" || !(link instanceof Link)) throw badInput("the list of refs is malformed");
    return { name, digest: link.digest };
  });
  const head = block["head"];
  return { refs, prerequisites: asDigests(block, "prerequisites"), ...(typeof head === "string" ? { head } : {}) };
}

/** Reads the head of a file: what is in the bundle. Throws bad-input for a CAR file that is no bundle. */
export async function readBundle(reader: CarReader): Promise<Bundle> {
  const first = await reader.first();
  const isBlock = first?.codec === dagCbor && isObject(tryDecode(first.bytes) as Value);
  if (!isBlock) throw notBundle();
  try {
    return decodeBundle(first.bytes);
  } catch (error) {
    if (isSheafError(error)) throw notBundle(error.message);
    throw error;
  }
}

function tryDecode(bytes: Uint8Array): Ipld {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}

function notBundle(why?: string): SheafError<"bad-input"> {
  const more = why === undefined ? "" : ` (${why})`;
  return badInput(
    `this CAR file is no bundle of Sheaf's: its first block must name the refs${more}; make one with sheaf bundle create`,
  );
}

/** Throws refused, naming them, when commits that the bundle builds on are not here. */
export async function checkPrerequisites({ prerequisites }: Bundle, here: BlockReader): Promise<void> {
  const missing: string[] = [];
  for (const digest of prerequisites) if (!(await here.has(digest))) missing.push(printCid(digest));
  if (missing.length === 0) return;
  throw new SheafError(
    "refused",
    {},
    `the bundle builds on ${missing.length === 1 ? "a commit that is" : `${missing.length} commits that are`} not here (${missing.slice(0, 3).join(", ")}); take in what came before it first`,
  );
}
