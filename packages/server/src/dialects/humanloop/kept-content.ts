/**
 * What large versions hold, kept beside the blocks, so that a server which begins anew need not read them to show a page.
 *
 * Below `derived/humanloop/`, by the CID of the dataset, which is frozen; it may be deleted at any time, and what is damaged counts as not there.
 */
import { compareBytes, fromUtf8, utf8, type Repository } from "@sheaf/core";

export interface Content {
  /** `dsv_…`: a pure function of the dataset's id, the set of datapoints and the attributes. */
  readonly versionId: string;
  /** Distinct datapoints. */
  readonly count: number;
  /** Rows that are equal to an earlier one, by their index, in order: Humanloop does not show them. */
  readonly repeats: readonly number[];
}

/** Rows from which on reading them costs more than keeping a file. */
const manyRows = 2000;
/** Rows that repeat others, at most, in what is kept. */
const maxRepeats = 10_000;
/** Changes with the rules by which content is computed. */
const rules = 1;

/** What is kept of the dataset with this CID and so many rows. */
export async function keptContent({ context }: Repository, cid: string, rows: number): Promise<Content | undefined> {
  if (rows < manyRows) return undefined;
  const read = async () => context.store.drive.read(nameOf(cid));
  const bytes = await read().catch(nothing);
  if (!bytes || bytes.length < 32) return undefined;
  const text = bytes.subarray(32);
  if (compareBytes(bytes.subarray(0, 32), sealOf(context, cid, text)) !== 0) return undefined;
  const { rules: by, ...content } = JSON.parse(fromUtf8(text)) as Content & { rules: number };
  return by === rules ? content : undefined;
}

/** Keeps it. Where that is not possible it will be computed again. */
export async function keepContent({ context }: Repository, cid: string, rows: number, content: Content): Promise<void> {
  if (rows < manyRows || content.repeats.length > maxRepeats) return;
  const text = utf8(JSON.stringify({ ...content, rules }));
  const bytes = new Uint8Array(32 + text.length);
  bytes.set(sealOf(context, cid, text));
  bytes.set(text, 32);
  await context.store.drive.create(nameOf(cid), bytes).catch(nothing);
}

function nameOf(cid: string): string {
  return `derived/humanloop/${cid}`;
}

/** The digest of what is kept and of what it is about. */
function sealOf({ platform }: Repository["context"], cid: string, text: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  platform.digestInto(utf8(`${cid} ${fromUtf8(text)}`), digest, 0);
  return digest;
}

function nothing(): undefined {}
