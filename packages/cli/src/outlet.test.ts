import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Outlet, ReaderGone } from "./outlet.js";

/** A reader that takes each chunk a moment later, and notes how many there were. */
function slowReader(): { sink: Writable; chunks: string[] } {
  const chunks: string[] = [];
  const sink = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString());
      setImmediate(done);
    },
  });
  return { sink, chunks };
}

test("lines arrive in order, in few large writes", async () => {
  const { sink, chunks } = slowReader();
  const out = new Outlet(sink);
  for (let i = 0; i < 20_000; i++) await out.line(String(i));
  await out.bytes(Buffer.from("end"));
  await out.flush();
  expect(chunks.join("")).toBe(`${Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join("")}end`);
  expect(chunks.length).toBeLessThan(5);
});

test("what was gathered can be sent without waiting", () => {
  const { sink, chunks } = slowReader();
  const out = new Outlet(sink);
  void out.write("a");
  out.push();
  expect(chunks).toEqual(["a"]);
});

test("a reader that is gone is told apart from a write that fails", async () => {
  const failing = (code: string) =>
    new Outlet(new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) }));
  const gone = failing("EPIPE");
  void gone.write("a");
  await expect(gone.flush()).rejects.toBeInstanceOf(ReaderGone);
  void gone.write("b");
  await expect(gone.flush()).rejects.toBeInstanceOf(ReaderGone);
  const full = failing("ENOSPC");
  void full.write("a");
  await expect(full.flush()).rejects.toThrow("ENOSPC");
});
