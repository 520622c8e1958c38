import { expect, test } from "vitest";
import { readAdvertisement } from "./advertisement.js";
import { HttpCarrier } from "./http.js";
import { flushPacket, packet, PacketReader } from "./packet.js";

const oid = "1".repeat(40);

/** Over HTTP, to a server that answers so. */
function carrierOf(answer: () => AsyncIterableIterator<Uint8Array>): HttpCarrier {
  const headers = { "content-type": "application/x-git-upload-pack-advertisement" };
  const about = { url: "", method: "GET", statusCode: 200, statusMessage: "OK", headers };
  return new HttpCarrier("http://127.0.0.1/data.git", { request: async () => ({ ...about, body: answer() }) }, []);
}

test("refs are read up to a bound, and more of them are refused with what to do", async () => {
  const lines = (count: number) =>
    new PacketReader(
      (async function* () {
        for (let n = 0; n < count; n++) yield packet(`${oid} refs/heads/b${n}\n`);
        yield flushPacket;
      })(),
    );
  expect((await readAdvertisement(lines(10), 2 ** 10)).refs).toHaveLength(10);
  await expect(readAdvertisement(lines(1000), 2 ** 10)).rejects.toThrow("delete some of them there");
});

test("refs that break off are not taken for all", async () => {
  async function* broken() {
    yield packet("# service=git-upload-pack\n");
    yield flushPacket;
    yield packet(`${oid} HEAD\0ofs-delta\n`);
    throw new Error("it broke");
  }
  await expect(carrierOf(broken).connect("git-upload-pack", {})).rejects.toThrow("it broke");
});

test("a server that never ends telling refs is left", async () => {
  let told = 0;
  async function* endless() {
    yield packet("# service=git-upload-pack\n");
    yield flushPacket;
    yield packet(`${oid} HEAD\0ofs-delta\n`);
    for (;;) yield packet(`${oid} refs/heads/${(told++).toString().padEnd(60_000, "x")}\n`);
  }
  await expect(carrierOf(endless).connect("git-upload-pack", {})).rejects.toThrow(
    "more than 64 MiB; delete some of them there",
  );
  expect(told).toBeLessThan(1200);
});
