/** One file of the cache ↔ bytes: 20 bytes of sha1, and dag-cbor of which it is. */
import { decode, encode, type Digest, type Ipld, joinBytes } from "@sheaf/core";
import type { GitPlatform, Oid } from "../object.js";
import { oidBytes, readOid, writeOid, zeroOid } from "../oid.js";

/** A commit or tag, its name in git, and of a commit its top tree there. */
export interface KnownVersion {
  readonly digest: Digest;
  readonly oid: Oid;
  readonly tree?: Oid | undefined;
}

/** A snapshot and the top tree of its projection. */
export interface KnownSnapshot {
  readonly digest: Digest;
  readonly tree: Oid;
}

export interface CacheContent {
  readonly versions: readonly KnownVersion[];
  /** Those asked for last stand last. */
  readonly snapshots: readonly KnownSnapshot[];
  /** Bodies of git trees. */
  readonly trees: readonly Uint8Array[];
}

const format = 1;
const digestBytes = 32;
const versionBytes = digestBytes + 2 * oidBytes;
const snapshotBytes = digestBytes + oidBytes;
const lengthBytes = 4;

/** Prints a file. */
export function printCacheFile(git: GitPlatform, { versions, snapshots, trees }: CacheContent): Uint8Array {
  const lengths = new Uint8Array(lengthBytes * trees.length);
  const view = new DataView(lengths.buffer);
  trees.forEach((body, i) => view.setUint32(lengthBytes * i, body.length));
  const bodies = joinBytes([lengths, ...trees]);
  const content = encode([
    format,
    records(versions, versionBytes, ({ digest, oid, tree = zeroOid }) => [digest, oid, tree]),
    records(snapshots, snapshotBytes, ({ digest, tree }) => [digest, tree]),
    trees.length,
    bodies.length,
    git.deflate(bodies),
  ]);
  const sum = new Uint8Array(oidBytes);
  writeOid(git.sha1(content) as Oid, sum, 0);
  return joinBytes([sum, content]);
}

function records<T>(list: readonly T[], size: number, parts: (one: T) => [Digest, ...Oid[]]): Uint8Array {
  const bytes = new Uint8Array(size * list.length);
  list.forEach((one, i) => {
    const [digest, ...oids] = parts(one);
    bytes.set(digest, i * size);
    oids.forEach((oid, n) => writeOid(oid, bytes, i * size + digestBytes + n * oidBytes));
  });
  return bytes;
}

/** Reads a file; `undefined` when it is damaged or of another format. */
export function parseCacheFile(git: GitPlatform, bytes: Uint8Array): CacheContent | undefined {
  const content = bytes.subarray(oidBytes);
  if (bytes.length < oidBytes || readOid(bytes, 0) !== git.sha1(content)) return undefined;
  const [version, versions, snapshots, count, size, packed] = decode(content) as Ipld[];
  if (version !== format) return undefined;
  return {
    versions: Array.from(slices(versions as Uint8Array, versionBytes), readKnownVersion),
    snapshots: Array.from(slices(snapshots as Uint8Array, snapshotBytes), record => ({
      digest: record.slice(0, digestBytes),
      tree: readOid(record, digestBytes),
    })),
    trees: unpack(git, packed as Uint8Array, size as number, count as number),
  };
}

function readKnownVersion(record: Uint8Array): KnownVersion {
  const tree = readOid(record, digestBytes + oidBytes);
  return {
    digest: record.slice(0, digestBytes),
    oid: readOid(record, digestBytes),
    ...(tree !== zeroOid && { tree }),
  };
}

function* slices(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function unpack(git: GitPlatform, packed: Uint8Array, size: number, count: number): Uint8Array[] {
  const bodies = git.inflate(packed, 0, size)?.body ?? new Uint8Array();
  const view = new DataView(bodies.buffer, bodies.byteOffset, bodies.length);
  let at = lengthBytes * count;
  return Array.from({ length: count }, (_, i) => {
    const end = at + view.getUint32(lengthBytes * i);
    // A copy: a view would keep all of them in memory.
    const body = new Uint8Array(bodies.subarray(at, end));
    at = end;
    return body;
  });
}
