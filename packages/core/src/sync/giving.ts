/**
 * The serving side between two repositories: what a server does for another one that fetches from it or pushes to it.
 *
 * Trusts nothing: what comes is proven block by block, and no ref moves before all that it reaches is here and durable (law 4).
 */
import { parseCid, type Digest } from "../block/cid.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { blockType } from "../history/commit.js";
import { noteFault, notePrefix } from "../history/note.js";
import { decode } from "../item/cbor.js";
import type { Logs } from "../store/logs.js";
import { nameFault } from "../store/log-name.js";
import type { Watch } from "../watch.js";
import { editCodec } from "./edit-block.js";
import { CarReader, printBlock, printHeader } from "./car.js";
import { digestsOf, holdsOf, namedIn } from "./haves.js";
import { lackOf, takeIn } from "./intake.js";
import { missingBlocks } from "./missing.js";
import { decodePush } from "./push-head.js";
import { Arrivals, proveMeaning } from "./proof.js";
import { moveRef, type Mover } from "./ref-move.js";
import type { Local, RefOutcome, RefUpdate, RemoteRefs } from "./remote.js";

/** Refs that travel; others are this repository's own. */
const travels = /^refs\/(?:heads|tags|environments|notes|drafts)\/./;

/** The refs that others may have. */
export async function givenRefs(logs: Logs): Promise<RemoteRefs> {
  const named = await namedIn(logs);
  return { ...named, refs: named.refs.filter(({ name }) => travels.test(name)) };
}

/** Those of these that are here, in order. */
export async function presentOf(local: Local, cids: readonly string[]): Promise<string[]> {
  const present: string[] = [];
  for (const cid of cids) if (await local.reader.has(parseCid(cid).digest)) present.push(cid);
  return present;
}

/**
 * A CAR file of everything that these commits and tags reach and the other side lacks.
 *
 * @param haves  what the other side has, whole with all below; those that are not here say nothing
 * Throws no-such-ref when something wanted is not here.
 */
export async function* givenBlocks(
  local: Local,
  wants: readonly string[],
  haves: readonly string[],
  watch: Watch = {},
): AsyncGenerator<Uint8Array> {
  const { platform, reader } = local;
  const present = await presentOf(local, wants);
  const absent = wants.find(cid => !present.includes(cid));
  if (absent !== undefined) throw new SheafError("no-such-ref", { ref: absent }, `${absent} is not here`);
  const digests = wants.map(cid => parseCid(cid).digest);
  const had = (await presentOf(local, haves)).map(cid => parseCid(cid).digest);
  const holds = await holdsOf(local.logs);
  yield printHeader(digests);
  yield* missingBlocks({
    platform,
    near: reader,
    far: reader,
    giver: "near",
    wants: digests,
    haves: had,
    holds,
    ...watch,
  });
}

/** A CAR file of these very blocks. Throws missing-block before the first byte. */
export async function* chosenBlocks(local: Local, cids: readonly string[]): AsyncGenerator<Uint8Array> {
  const parsed = cids.map(parseCid);
  const blocks = await local.reader.loadMany(parsed.map(({ digest }) => digest));
  yield printHeader([]);
  for (const [i, bytes] of blocks.entries()) {
    yield printBlock({ ...parsed[i], bytes });
  }
}

/** What became of a push. */
export interface Taken {
  readonly refs: readonly RefOutcome[];
  readonly blocks: number;
}

/** Takes a push: its blocks, then the moves of refs. Throws bad-input, and moves nothing, when it is damaged, not whole, or not what Sheaf would write. */
export async function takePush(
  local: Local,
  input: AsyncIterable<Uint8Array>,
  mover: Omit<Mover, "zone">,
  watch: Watch = {},
): Promise<Taken> {
  const reader = new CarReader(local.platform, input, editCodec);
  try {
    const first = await reader.first();
    if (!first) throw badInput("a push must begin with the block that its first root names");
    const updates = decodePush(first.bytes);
    const refused = new Map(updates.flatMap(({ name }) => faultOf(name)));
    const blocks = await local.write(async to => {
      const arrivals = new Arrivals();
      const came = (digest: Digest, bytes: Uint8Array) => arrivals.add(digest, bytes);
      const count = await takeIn(reader, to, watch, came).catch(orBadInput);
      const wants = updates.flatMap(({ name, to }) => (to === null || refused.has(name) ? [] : [parseCid(to).digest]));
      await proveMeaning(to, local.platform, wants, arrivals, watch.signal);
      const holds = await holdsOf(local.logs);
      const walk = { wants, haves: await digestsOf(local.logs), holds, signal: watch.signal };
      const lack = await lackOf(to, walk).catch(orBadInput);
      if (lack !== undefined) throw badInput(`the push lacks block ${lack}, which its refs need: it is not whole`);
      return count;
    });
    watch.signal?.throwIfAborted();
    const refs: RefOutcome[] = [];
    for (const update of updates)
      refs.push(refused.get(update.name) ?? (await take(local, update, { ...mover, zone: local.zone() })));
    return { refs, blocks };
  } finally {
    await reader.close();
  }
}

/** What came and hashes well may still be no commit or no tree: then it is the sender's fault, and not the store's. */
function orBadInput(error: unknown): never {
  if (isSheafError(error, "missing-block"))
    throw badInput(`the push is made on block ${error.data.cid}, which is not here`);
  throw isSheafError(error, "corrupt-block") && error.data.file === undefined
    ? badInput(`the push holds what Sheaf would not have made: ${error.message}`)
    : error;
}

async function take(local: Local, update: RefUpdate, mover: Mover): Promise<RefOutcome> {
  const { name, to } = update;
  const message = to === null ? undefined : await faultIn(local, name, parseCid(to).digest);
  if (message !== undefined) return { name, ok: false, reason: "refused", message };
  return moveRef(local.logs, update, mover);
}

/** Why a ref of this name cannot name what came. */
async function faultIn(local: Local, name: string, to: Digest): Promise<string | undefined> {
  if (name.startsWith(notePrefix)) return noteFault(local.reader, name, to);
  const mustBeCommit = !name.startsWith("refs/tags/");
  return mustBeCommit && !(await isCommit(local, to)) ? `${name} must name a commit` : undefined;
}

async function isCommit({ reader }: Local, digest: Digest): Promise<boolean> {
  try {
    return blockType(decode(await reader.load(digest))) === "commit";
  } catch (error) {
    if (isSheafError(error)) return false;
    throw error;
  }
}

function faultOf(name: string): [string, RefOutcome][] {
  const fault = nameFault(name);
  const message =
    fault !== undefined
      ? `the name ${fault}`
      : travels.test(name)
        ? undefined
        : "only branches, tags, environments and notes of versions are pushed";
  return message === undefined ? [] : [[name, { name, ok: false, reason: "refused", message }]];
}
