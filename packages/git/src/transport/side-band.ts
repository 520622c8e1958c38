/** Three streams in one, as git's servers send them: the data, what they say to people meanwhile, and their last words. */
import { packetText, ProtocolError, type PacketReader } from "./packet.js";

const dataBand = 1;
const wordsBand = 2;
const failureBand = 3;

/** The other side gave up, and said why. */
export class RemoteFatal extends Error {
  override readonly name = "RemoteFatal";
}

/**
 * Gives the data up to the flush, and what is said meanwhile to `say`.
 *
 * Throws {@link RemoteFatal} with the other side's last words, {@link ProtocolError} when the stream ends before the flush.
 */
export async function* readSideBand(reader: PacketReader, say: (text: string) => void): AsyncGenerator<Uint8Array> {
  for (;;) {
    const line = await reader.read();
    if (line === "flush") return;
    if (line === undefined) throw new ProtocolError("the connection broke before all had come");
    if (typeof line === "string") throw new ProtocolError(`a ${line} stands among the data`);
    if (line[0] === dataBand) yield line.subarray(1);
    else if (line[0] === wordsBand) say(packetText(line.subarray(1)));
    else if (line[0] === failureBand) throw new RemoteFatal(packetText(line.subarray(1)));
    else throw new ProtocolError(lineWords(packetText(line)));
  }
}

function lineWords(text: string): string {
  return text.startsWith("ERR ") ? text.slice("ERR ".length) : "a line stands among the data that belongs to no stream";
}
