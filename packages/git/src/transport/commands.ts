/** The moves of refs that a push asks for, and the other side's report on each. Format: git's Documentation/gitprotocol-pack. */
import type { Oid } from "../object.js";
import { zeroOid } from "../oid.js";
import type { Advertisement } from "./advertisement.js";
import { flushPacket, packet, packetText, ProtocolError, type PacketReader } from "./packet.js";
import { plainLine } from "./words.js";

/** A move of one ref by compare-and-swap; {@link zeroOid} stands for "not there". */
export interface RefCommand {
  readonly name: string;
  readonly from: Oid;
  readonly to: Oid;
}

/** What became of it. `message` is the other side's words, on one line, empty when it gave none. */
export interface RefReport {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Says whether objects must be sent along: not when refs are only removed. */
export function needsPack(commands: readonly RefCommand[]): boolean {
  return commands.some(({ to }) => to !== zeroOid);
}

/** Prints the commands; the first carries what we can do. */
export function printCommands(commands: readonly RefCommand[], capabilities: readonly string[]): Uint8Array[] {
  const lines = commands.map(({ name, from, to }, i) =>
    packet(`${from} ${to} ${name}${i === 0 ? `\0 ${capabilities.join(" ")}` : ""}`),
  );
  return [...lines, flushPacket];
}

/** Which of what the other side can do a push uses. */
export function pushCapabilities({ capabilities }: Advertisement, agent: string): string[] {
  const used = ["report-status", "side-band-64k", "ofs-delta"].filter(name => capabilities.has(name));
  if (capabilities.has("agent")) used.push(`agent=${agent}`);
  if (capabilities.has("object-format")) used.push(`object-format=${capabilities.get("object-format")}`);
  return used;
}

/** Reads the report, in the order of the commands. A ref that it leaves out counts as not moved. */
export async function readReport(reader: PacketReader, commands: readonly RefCommand[]): Promise<RefReport[]> {
  const unpacked = await reportLine(reader);
  if (!unpacked?.startsWith("unpack "))
    throw new ProtocolError(unpacked === undefined ? "the connection broke before the push was reported on" : unpacked);
  const unpackFailure = unpacked === "unpack ok" ? "" : plainLine(unpacked.slice("unpack ".length));
  const said = new Map<string, RefReport>();
  for (let line = await reportLine(reader); line !== undefined; line = await reportLine(reader)) {
    const [, word, name, reason = ""] = /^(ok|ng) (\S+)(?: (.*))?$/s.exec(line) ?? [];
    if (name !== undefined) said.set(name, { name, ok: word === "ok", message: plainLine(reason) });
  }
  const silent = { ok: false, message: "the other side said nothing about it" };
  return commands.map(({ name }) => {
    const report = said.get(name) ?? { name, ...silent };
    const isUnpacking = !report.ok && unpackFailure !== "";
    return isUnpacking
      ? { ...report, message: `what was sent could not be unpacked there (${unpackFailure})` }
      : report;
  });
}

/** A line of the report; `undefined` at its end. */
async function reportLine(reader: PacketReader): Promise<string | undefined> {
  const line = await reader.read();
  return line === undefined || typeof line === "string" ? undefined : packetText(line);
}
