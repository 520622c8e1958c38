/**
 * What is sent to the git host by somebody who writes git's protocol by hand: lines that are none, cut, too long, without an end; packs where none is taken.
 *
 * Whatever it is, the answer comes, is git's lines or a problem of the client's making, and nothing is stored. `SHEAF_RUNS` looks longer.
 */
import { gzipSync } from "node:zlib";
import { joinBytes, utf8 } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { exchangeRoutes } from "@sheaf/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packet, PacketReader, packetText } from "../../packages/git/src/transport/packet.js";
import { fresh } from "./server.js";

const host = "http://localhost/evals.git";
const shared = served();

async function served() {
  const drive = new MemoryDrive();
  const { app, repo, told } = await fresh({ routes: exchangeRoutes("evals") }, drive);
  await repo.dataset("qa").import([{ id: "q1" }, { id: "q2" }], { key: "id" });
  await repo.tag("v1", { message: "first" });
  const post = async (body: BodyInit, headers: Record<string, string> = {}, service = "git-upload-pack") => {
    const type = { "content-type": `application/x-${service}-request` };
    const init = { method: "POST", headers: { ...type, ...headers }, body, duplex: "half" };
    const response = await app.fetch(new Request(`${host}/${service}`, init));
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  const names = async () => {
    const found: string[] = [];
    for await (const name of drive.list("")) found.push(name);
    return found;
  };
  // The projection is made, and noted, by the first who asks.
  const advertised = await (await app.fetch(new Request(`${host}/info/refs?service=git-upload-pack`))).text();
  const oids: string[] = [...new Set(Array.from(advertised.matchAll(/[0-9a-f]{40}(?= )/g), ([oid]) => oid))];
  await post(joinBytes(wanting(oids)) as BodyInit);
  return { app, told, oids, post, names };
}

/** The lines of a clone, in version 0. */
function wanting(oids: readonly string[]): Uint8Array[] {
  const offers = "side-band-64k thin-pack ofs-delta";
  const wants = oids.map((oid, i) => packet(`want ${oid}${i === 0 ? ` ${offers}` : ""}\n`));
  return [...wants, utf8("0000"), packet("done\n")];
}

/** The lines of an answer. Throws for what is none. */
async function linesOf(bytes: Uint8Array): Promise<string[]> {
  const lines: string[] = [];
  const reader = new PacketReader(once(bytes));
  for (let line = await reader.read(); line !== undefined; line = await reader.read())
    lines.push(typeof line === "string" ? line : packetText(line));
  return lines;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 });

/** Lines as somebody writes them who knows git, or has heard of it. */
function texts(oids: readonly string[]): fc.Arbitrary<string> {
  const oid = fc.oneof(
    fc.constantFrom(...oids),
    hex,
    fc.constantFrom("0".repeat(40), "abc", "", oids[0].toUpperCase()),
  );
  const word = fc.constantFrom(
    "want",
    "have",
    "shallow",
    "deepen",
    "filter",
    "want-ref",
    "ref-prefix",
    "command=fetch",
  );
  const usual = ["command=fetch", "command=ls-refs", "done", "thin-pack", "peel", "symrefs", "unborn", "", "\0", "\n"];
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom("want", "have"), oid).map(words => words.join(" ")) },
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    fc.tuple(word, oid, fc.constantFrom("", " side-band-64k thin-pack", " x\0y")).map(([a, b, c]) => `${a} ${b}${c}`),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
}

/** The body of a request: lines and marks, with wrong lengths and other bytes among them, whole or cut. */
function bodies(oids: readonly string[]): fc.Arbitrary<Uint8Array> {
  const lengths = fc.constantFrom(
    "0000",
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "ffff",
    "fff1",
    "fff0",
    "-001",
    "0x10",
    "zzzz",
  );
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(texts(oids), fc.constantFrom("", "\n")).map(([text, end]) => packet(text + end)) },
    { weight: 3, arbitrary: lengths.map(utf8) },
    fc.uint8Array({ maxLength: 40 }),
  );
  const begun = fc.constantFrom(
    [],
    wanting(oids),
    [packet("command=fetch\n"), utf8("0001")],
    [packet("command=ls-refs\n")],
  );
  const whole = fc.tuple(begun, fc.array(piece, { maxLength: 12 })).map(parts => joinBytes(parts.flat()));
  return fc
    .tuple(whole, fc.option(fc.nat({ max: 400 }), { nil: undefined }))
    .map(([bytes, end]) => bytes.subarray(0, end));
}

test("a clone by hand gets a pack", async () => {
  const { post, oids } = await shared;
  const { status, bytes } = await post(joinBytes(wanting(oids)) as BodyInit);
  expect(status).toBe(200);
  const lines = await linesOf(bytes);
  expect([lines[0], lines[1].slice(0, 5), lines.at(-1)]).toEqual(["NAK", "\u0001PACK", "flush"]);
});

test("law: whatever lines are sent, the answer is lines of git's or says what is wrong with them, and nothing is stored", async () => {
  const { post, oids, names, told } = await shared;
  const before = await names();
  const coding = fc.constantFrom("identity", "gzip", "claimed");
  await fc.assert(
    fc.asyncProperty(
      bodies(oids),
      fc.constantFrom("version=2", "version=1", ""),
      coding,
      async (body, version, how) => {
        const headers = {
          ...(version && { "git-protocol": version }),
          ...(how !== "identity" && { "content-encoding": "gzip" }),
        };
        const { status, bytes } = await post((how === "gzip" ? gzipSync(body) : body) as BodyInit, headers);
        expect([200, 400]).toContain(status);
        if (status === 200) await linesOf(bytes);
        expect(told.at(-1)?.error).toBeUndefined();
      },
    ),
  );
  expect(await names()).toEqual(before);
});

test.each([
  "0000",
  "0001",
  "0004",
  "0005x",
  packetText(packet(`have ${"1".repeat(40)}`)),
  packetText(packet(`want ${"1".repeat(40)} x`)),
])("%j again and again without an end is refused after some megabytes, compressed too", async line => {
  const { post } = await shared;
  const chunk = utf8(line.repeat(2 ** 12));
  let taken = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: controller => {
      taken += chunk.length;
      // It would go on for ever, and no timer would be heard.
      if (taken < 2 ** 25) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const { status, bytes } = await post(endless);
  expect([status, new TextDecoder().decode(bytes)]).toEqual([400, expect.stringContaining("too many")]);
  expect(taken).toBeLessThan(2 ** 24);
  const bomb = gzipSync(Buffer.alloc(2 ** 24, line));
  expect((await post(bomb as BodyInit, { "content-encoding": "gzip" })).status).toBe(400);
});

test("law: nobody pushes: commands and packs, whole or damaged, are refused before they are read, and nothing is stored", async () => {
  const { app, post, oids, names } = await shared;
  const before = await names();
  expect((await app.fetch(new Request(`${host}/info/refs?service=git-receive-pack`))).status).toBe(403);
  const pack = fc.tuple(fc.constantFrom("PACK\0\0\0\u0002\0\0\0\u0001", "PACK", ""), fc.uint8Array({ maxLength: 300 }));
  await fc.assert(
    fc.asyncProperty(bodies(oids), pack, async (lines, [head, rest]) => {
      const body = joinBytes([
        lines,
        packet(`${oids[0]} ${"1".repeat(40)} refs/heads/main\0report-status`),
        utf8(`0000${head}`),
        rest,
      ]);
      expect([404, 405]).toContain((await post(body as BodyInit, {}, "git-receive-pack")).status);
    }),
  );
  expect(await names()).toEqual(before);
});
