/**
 * Revisions as git writes them: a name, and steps from it to its ancestors.
 *
 *     main   v1   origin/main   refs/heads/main   HEAD   @   bafyrei…   main~3   HEAD^2   v1^^~2
 *
 * A name is, in this order: a whole CID; `refs/<name>`'s short forms as git tries them; a CID's prefix of 8 or more characters, if only one commit or tag
 * begins so. Annotated tags are followed to their commit. Leaves to others: where refs rest, and the look-up of prefixes.
 */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { decode } from "../item/cbor.js";
import { blockType, decodeCommit, decodeTag } from "./commit.js";

/** `parent` takes the n-th parent (`^n`; 0 is the commit itself), `ancestor` goes to the first parent n times (`~n`). */
export interface Step {
  readonly kind: "parent" | "ancestor";
  readonly count: number;
}

export interface Revision {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Where names are looked up. */
export interface Names {
  /** What a full name (`HEAD`, `refs/heads/main`) points at: a commit or an annotated tag. */
  resolveRef(name: string): Promise<Digest | undefined>;
  /** The commits and tags whose CID begins so, as many as there are or at least two of them. Without it prefixes are not understood. */
  findPrefix?(prefix: string): Promise<readonly Digest[]>;
}

/** Fewest characters of a prefix of a CID. */
export const minPrefix = 8;
/** All CIDs of structured blocks begin so; a prefix must say more. */
const cidHead = "bafyrei";

/** Reads a revision; throws bad-input, saying what is wrong, for what is none. */
export function parseRevision(text: string): Revision {
  const end = text.search(/[~^]/);
  const name = end < 0 ? text : text.slice(0, end);
  const fault = nameFault(name);
  if (fault !== undefined) throw badInput(`${JSON.stringify(text)} is not a revision: ${fault}`);
  return { name: name === "@" ? "HEAD" : name, steps: end < 0 ? [] : parseSteps(text, end) };
}

/** Prints a revision in its shortest form. */
export function printRevision({ name, steps }: Revision): string {
  return name + steps.map(({ kind, count }) => (kind === "parent" ? "^" : "~") + (count === 1 ? "" : count)).join("");
}

function nameFault(name: string): string | undefined {
  if (name === "") return "it begins with no name";
  if (name.includes("..")) return ".. is for ranges, and one revision is wanted here";
  if (name.includes("@{")) return "@{…} is not understood; sheaf reflog lists what a branch was before";
  return /[\s:?*[\\\p{Cc}]/u.test(name) ? "it holds a character that no name can hold" : undefined;
}

function parseSteps(text: string, from: number): Step[] {
  const steps: Step[] = [];
  const pattern = /([~^])([0-9]*)/y;
  for (pattern.lastIndex = from; pattern.lastIndex < text.length;) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    const count = match?.[2] === "" ? 1 : Number(match?.[2]);
    if (!match || !Number.isSafeInteger(count))
      throw badInput(
        `${JSON.stringify(text)} is not a revision: ${JSON.stringify(text.slice(at))} is no step; write ~3 or ^2`,
      );
    steps.push({ kind: match[1] === "^" ? "parent" : "ancestor", count });
  }
  return steps;
}

/** The names that git would try for a short one, in its order. */
export function candidates(name: string): string[] {
  const short = [
    `refs/${name}`,
    `refs/tags/${name}`,
    `refs/heads/${name}`,
    `refs/remotes/${name}`,
    `refs/remotes/${name}/HEAD`,
  ];
  return name === "HEAD" || name.startsWith("refs/") ? [name, ...(name === "HEAD" ? [] : short)] : short;
}

/** The commit that a revision names. Throws bad-input for what is no revision, no-such-ref, with what was tried, for one that names nothing. */
export async function resolveRevision(reader: BlockReader, names: Names, text: string): Promise<Digest> {
  const { name, steps } = parseRevision(text);
  let commit = await peel(reader, await resolveName(reader, names, name, text), text);
  for (const step of steps) commit = await follow(reader, commit, step, text);
  return commit;
}

/**
 * What the name in a revision points at, not peeled: a commit or an annotated tag.
 *
 * Throws no-such-ref when there is none, and bad-input when a prefix fits several.
 */
export async function resolveName(reader: BlockReader, names: Names, name: string, text = name): Promise<Digest> {
  const whole = wholeCid(name);
  if (whole && (await reader.has(whole))) return whole;
  if (whole)
    throw new SheafError(
      "no-such-ref",
      { ref: text },
      `${name} is not in this repository; fetch it first, or check the CID`,
    );
  const tried = candidates(name);
  for (const full of tried) {
    const digest = await names.resolveRef(full);
    if (digest) return digest;
  }
  const found = isPrefix(name) && names.findPrefix ? await names.findPrefix(name) : [];
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw badInput(
      `${name} is the beginning of more than one CID (${found
        .slice(0, 3)
        .map(digest => printCid(digest))
        .join(", ")}); give more characters`,
    );
  throw noSuchRef(name, text, tried);
}

function noSuchRef(name: string, text: string, tried: readonly string[]): SheafError<"no-such-ref"> {
  if (name === "HEAD")
    return new SheafError(
      "no-such-ref",
      { ref: text },
      `${text}: there is no commit yet on the current branch; make one first`,
    );
  const hint =
    name.startsWith(cidHead.slice(0, name.length)) && name.length < minPrefix
      ? ` (a CID's prefix needs ${minPrefix} characters or more)`
      : "";
  return new SheafError(
    "no-such-ref",
    { ref: text },
    `no branch, tag or commit is called ${JSON.stringify(name)}${hint}: tried ${tried.join(", ")}; sheaf branch and sheaf tag list what there is`,
  );
}

function wholeCid(name: string): Digest | undefined {
  if (!/^[a-zA-Z0-9+/=_-]{46,}$/.test(name)) return undefined;
  try {
    const { digest, codec } = parseCid(name);
    return codec === dagCbor ? digest : undefined;
  } catch (error) {
    if (isSheafError(error, "bad-input")) return undefined;
    throw error;
  }
}

function isPrefix(name: string): boolean {
  return name.length >= minPrefix && name.startsWith(cidHead) && /^[a-z2-7]+$/.test(name);
}

/** Follows annotated tags to the commit. Throws bad-input when that is something else. */
export async function peel(reader: BlockReader, digest: Digest, text: string = printCid(digest)): Promise<Digest> {
  for (let at = digest; ;) {
    const bytes = await reader.load(at);
    const type = blockType(decode(bytes));
    if (type === "commit") return at;
    if (type !== "tag")
      throw badInput(`${text} is ${type === undefined ? "a tree node or an item" : `a ${type}`}, not a commit`);
    at = decodeTag(bytes).target;
  }
}

async function follow(reader: BlockReader, from: Digest, { kind, count }: Step, text: string): Promise<Digest> {
  if (kind === "parent") return count === 0 ? from : nthParent(reader, from, count, text);
  let at = from;
  for (let i = 0; i < count; i++) at = await nthParent(reader, at, 1, text);
  return at;
}

async function nthParent(reader: BlockReader, of: Digest, n: number, text: string): Promise<Digest> {
  const { parents } = decodeCommit(await reader.load(of));
  if (n <= parents.length) return parents[n - 1];
  const commit: Cid = printCid(of);
  const has =
    parents.length === 0
      ? "is the first commit of its line"
      : `has ${parents.length === 1 ? "one parent" : `${parents.length} parents`} only`;
  throw new SheafError("no-such-ref", { ref: text }, `${text}: ${commit} ${has}`);
}
