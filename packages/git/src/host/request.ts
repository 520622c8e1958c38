/** What a client asks of the git host: its lines, and what they want and have. */
import { badInput } from "@sheaf/core";
import type { Oid } from "../object.js";
import { isOid } from "../oid.js";
import { packetText, ProtocolError, type PacketReader } from "../transport/packet.js";

/** Bytes of one request: room for a hundred thousand objects. */
const maxRequestBytes = 2 ** 23;
/** Of a line that names an object; a shorter one, or a mark, counts as much, so that not even their number is without a bound. */
const objectBytes = 50;

/** What a client asks of a fetch. */
export interface Request {
  readonly wants: readonly Oid[];
  readonly haves: readonly Oid[];
  readonly isDone: boolean;
  readonly isThin: boolean;
}

/** Reads what is wanted and had; gives a sentence for what is not offered. */
export function parseRequest(lines: readonly string[]): Request | string {
  const wants = new Set<Oid>();
  const haves = new Set<Oid>();
  for (const line of lines) {
    const [word, oid = ""] = line.split(" ");
    if (["shallow", "deepen", "deepen-since", "deepen-not", "filter", "want-ref"].includes(word))
      return `this server gives whole histories: ${word} is not offered`;
    if (word !== "want" && word !== "have") continue;
    if (!isOid(oid)) return "a line names no object";
    (word === "want" ? wants : haves).add(oid);
  }
  if (wants.size === 0) return "nothing is wanted";
  return { wants: [...wants], haves: [...haves], isDone: lines.includes("done"), isThin: lines.includes("thin-pack") };
}

/** Reads the lines of a request. Throws bad-input for what are none, or too many. */
export async function readLines(reader: PacketReader): Promise<string[]> {
  const lines: string[] = [];
  let bytes = 0;
  try {
    for (let line = await reader.read(); line !== undefined; line = await reader.read()) {
      bytes += Math.max(objectBytes, line.length);
      if (bytes > maxRequestBytes) throw badInput("the request names too many objects");
      if (typeof line !== "string") lines.push(packetText(line));
    }
  } catch (error) {
    throw error instanceof ProtocolError ? badInput(error.message) : error;
  } finally {
    await reader.close();
  }
  return lines;
}
