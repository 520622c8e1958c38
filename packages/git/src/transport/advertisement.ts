/** What the other side says first: its refs and what it can do. */
import { compareText } from "@sheaf/core";
import type { Oid } from "../object.js";
import { isOid } from "../oid.js";
import { packetText, ProtocolError, type PacketReader } from "./packet.js";

/** A ref of a git repository. */
export interface GitRef {
  readonly name: string;
  readonly oid: Oid;
  /** What an annotated tag is of, in the end. */
  readonly peeled?: Oid;
}

export interface Advertisement {
  /** The branch that HEAD names. */
  readonly head?: string;
  /** In the order of their names, HEAD left out. */
  readonly refs: readonly GitRef[];
  /** By name; empty text where there is no value. */
  readonly capabilities: ReadonlyMap<string, string>;
  /** Whether its history is cut off somewhere. */
  readonly isShallow: boolean;
  /** Nothing is there; a push makes it. */
  readonly isAbsent?: boolean;
}

/** Most bytes in which refs may be told, as all are held in memory: about half a million of them. */
export const maxAdvertisedBytes = 2 ** 26;

/**
 * Reads the lines up to the flush.
 *
 * Throws {@link ProtocolError} when they are none of git's or more than `most` bytes, or what an `ERR` line says.
 */
export async function readAdvertisement(reader: PacketReader, most = maxAdvertisedBytes): Promise<Advertisement> {
  let bytes = 0;
  const refs = new Map<string, string>();
  let capabilities: string[] = [];
  for (;;) {
    const line = await reader.read();
    if (line === undefined) throw new ProtocolError("the connection broke before the refs were told");
    if (line === "flush") return advertisementOf(refs, capabilities);
    if (typeof line === "string") throw new ProtocolError(`a ${line} stands among the refs`);
    checkAdvertised((bytes += line.length), most);
    const [ref, told] = packetText(line).split("\0");
    if (ref.startsWith("ERR ")) throw new ProtocolError(ref.slice("ERR ".length));
    if (ref.startsWith("version ")) continue;
    if (told !== undefined) capabilities = told.trim().split(" ");
    const space = ref.indexOf(" ");
    if (space < 0) throw new ProtocolError(`${JSON.stringify(ref.slice(0, 80))} stands among the refs`);
    refs.set(ref.slice(space + 1), ref.slice(0, space));
  }
}

/** Throws {@link ProtocolError} for more bytes than refs may be told in. */
export function checkAdvertised(bytes: number, most = maxAdvertisedBytes): void {
  if (bytes > most)
    throw new ProtocolError(
      `it tells of refs in more than ${Math.round(most / 2 ** 20)} MiB; delete some of them there`,
    );
}

/**
 * Makes sense of refs by name and capabilities as they stand.
 *
 * Names that end in `^{}` say what the tag before is of; `capabilities^{}` stands where there are no refs; a value `shallow` marks a cut in history.
 */
export function advertisementOf(lines: ReadonlyMap<string, string>, told: Iterable<string>): Advertisement {
  const capabilities = new Map<string, string>();
  let symref: string | undefined;
  for (const capability of told) {
    const equals = capability.indexOf("=");
    const name = equals < 0 ? capability : capability.slice(0, equals);
    const value = equals < 0 ? "" : capability.slice(equals + 1);
    if (name === "symref" && value.startsWith("HEAD:")) symref = value.slice("HEAD:".length);
    capabilities.set(name, value);
  }
  const refs: GitRef[] = [];
  for (const [name, oid] of lines) {
    if (!isOid(oid) || !name.startsWith("refs/") || name.endsWith("^{}")) continue;
    const peeled = lines.get(`${name}^{}`);
    refs.push({ name, oid, ...(peeled !== undefined && isOid(peeled) && { peeled }) });
  }
  refs.sort((a, b) => compareText(a.name, b.name));
  const head = symref ?? guessHead(refs, lines.get("HEAD"));
  const isShallow = [...lines.values()].includes("shallow");
  return { ...(head !== undefined && { head }), refs, capabilities, isShallow };
}

/** Servers older than the symref capability give HEAD's commit alone. */
function guessHead(refs: readonly GitRef[], oid: string | undefined): string | undefined {
  const candidates = refs.filter(ref => ref.oid === oid && ref.name.startsWith("refs/heads/")).map(({ name }) => name);
  return ["refs/heads/main", "refs/heads/master"].find(name => candidates.includes(name)) ?? candidates[0];
}
