import { joinBytes } from "@sheaf/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAdvertisement } from "./advertisement.js";
import { readReport } from "./commands.js";
import { packet, PacketReader, packetText, ProtocolError, type Packet } from "./packet.js";
import { readSideBand, RemoteFatal } from "./side-band.js";

const marks = { flush: "0000", delimiter: "0001", end: "0002" } as const;
const line = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom("flush", "delimiter", "end"));
const print = (one: Packet) => (typeof one === "string" ? new TextEncoder().encode(marks[one]) : packet(one));

/** The bytes in pieces of these sizes, by turns. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let [at, i] = [0, 0]; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    yield bytes.subarray(at, (at += size));
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 });

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

async function readAll(reader: PacketReader): Promise<Packet[]> {
  const read: Packet[] = [];
  for (let next = await reader.read(); next !== undefined; next = await reader.read()) read.push(next);
  return read;
}

test("law: lines are read as they were printed, in whatever pieces they come", () =>
  fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), sizes, async (lines, pieces) => {
      expect(await readAll(new PacketReader(inPieces(joinBytes(lines.map(print)), pieces)))).toEqual(lines);
    }),
  ));

/** What a server's answer may begin with, and what need not be git's at all. */
const words = [
  "unpack ok\n",
  "ok refs/heads/main\n",
  "ng refs/heads/main no\n",
  `${"1".repeat(40)} HEAD\0symref=HEAD:x\n`,
];
const begun = [...words, "ERR no\n", "\u0001PACK", "\u0002words\r\n", "\u0003gone"].map(text => packet(text));
const other = fc.oneof(line.map(print), fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...begun));
const answers = fc
  .tuple(fc.array(other, { maxLength: 10 }), fc.option(fc.nat({ max: 200 }), { nil: undefined }))
  .map(([parts, end]) => joinBytes(parts).subarray(0, end));
const commands = [{ name: "refs/heads/main", from: "0".repeat(40), to: "1".repeat(40) }];

test.each<[string, (reader: PacketReader) => Promise<unknown>]>([
  ["refs", reader => readAdvertisement(reader)],
  ["a report", reader => readReport(reader, commands as never)],
  ["data", reader => drained(readSideBand(reader, () => undefined))],
  ["lines", readAll],
])("law: an answer that is to be %s is that, or refused in words, whatever it is", (_, read) =>
  fc.assert(
    fc.asyncProperty(answers, sizes, async (bytes, pieces) => {
      const failure: unknown = await read(new PacketReader(inPieces(bytes, pieces))).then(
        () => undefined,
        error => error,
      );
      if (failure !== undefined) expect(failure instanceof ProtocolError || failure instanceof RemoteFatal).toBe(true);
    }),
  ),
);

test("text that is no UTF-8 is read all the same", () => expect(packetText(Uint8Array.of(0xff, 10))).toBe("\ufffd"));
