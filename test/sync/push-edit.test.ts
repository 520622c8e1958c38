/** A push to a server as edits: the same commits as by blocks, at the cost of what changed. */
import { gzipSync } from "node:zlib";
import { badInput, openServerRemote, Repository, type Local, type ServerWire } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exchangeRoutes, makeApp } from "@sheaf/server";

const author = () => ({ name: "Ada", email: "ada@example.org" });

/** A server in memory, and repositories that push to it by a wire that counts. */
async function town() {
  const counted = { wire: 0, pushes: 0 };
  const open: { refusesEdits: boolean; spy?: (bytes: Uint8Array) => void } = { refusesEdits: false };
  const far = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  const routes = exchangeRoutes("evals");
  const admit = async () => ({ id: "ada", ...author() });
  const app = makeApp({ repo: far, routes, admit, requestId: () => "r" });
  const wire: ServerWire = {
    url: "http://localhost",
    close: async () => undefined,
    async ask(path, { method, type, body, onSent }) {
      const parts: Uint8Array[] = [];
      if (body instanceof Uint8Array) parts.push(body);
      else if (body) for await (const part of body) parts.push(part);
      const bytes = Buffer.concat(parts);
      const zipped = path === "push" ? gzipSync(bytes) : bytes;
      counted.wire += zipped.length;
      if (path === "push") counted.pushes++;
      if (path === "push") open.spy?.(bytes);
      onSent?.(zipped.length);
      if (open.refusesEdits && bytes.includes(Buffer.of(1, 0x51, 0x12, 0x20))) throw badInput("unknown codec");
      const headers = { ...(type && { "content-type": type }), ...(path === "push" && { "content-encoding": "gzip" }) };
      const url = `http://localhost/api/v1/sync/${path}`;
      const answer = await app.fetch(new Request(url, { method, headers, ...(body && { body: zipped }) }));
      if (!answer.ok) throw badInput(await answer.text());
      return answer.body as unknown as AsyncIterable<Uint8Array>;
    },
  };
  const connect = async (_: string, local: Local) => openServerRemote(wire, local);
  const near = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author, connect });
  await near.addRemote("origin", "http://localhost");
  return { app, near, far, counted, open };
}

type Town = Awaited<ReturnType<typeof town>>;

async function pushed({ near, far, counted }: Town) {
  counted.wire = counted.pushes = 0;
  const result = await near.push("origin", ["main"], { force: true });
  expect(await far.resolve("main")).toBe(await near.resolve("main"));
  for await (const finding of far.verify()) expect(finding).toBeUndefined();
  return { ...counted, traffic: result.traffic };
}

const id = fc.integer({ min: 0, max: 12 }).map(n => `q${n}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), id, n: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant("remove" as const), id }),
  fc.record({ kind: fc.constant("move" as const), id, before: id }),
  fc.record({ kind: fc.constant("file" as const), n: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ kind: fc.constantFrom("rename", "meta", "revert", "merge", "drop", "push") }),
);

/** Does a step, or nothing where it makes no sense. */
async function act(at: Town, one: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const { near } = at;
  let first: string | undefined;
  for await (const { path } of near.datasets()) first ??= path;
  const qa = near.dataset(first ?? "qa");
  if (!first) await near.edit([{ dataset: "qa", create: {} }]);
  if (one.kind === "put" && "id" in one)
    await qa.patch([{ op: "add", path: `/items/${one.id}`, value: { n: "n" in one ? one.n : 0 } }]);
  else if (one.kind === "remove" && "id" in one) await qa.patch([{ op: "remove", path: `/items/${one.id}` }]);
  else if (one.kind === "move" && "before" in one) await qa.move(one.id, { before: one.before });
  else if (one.kind === "file" && "n" in one)
    await near.edit([{ file: `f${one.n}`, content: one.n === 0 ? null : new Uint8Array(one.n) }]);
  else if (one.kind === "rename") await near.edit([{ dataset: qa.path, rename: qa.path === "qa" ? "a/b" : "qa" }]);
  else if (one.kind === "meta") await qa.patch([{ op: "add", path: "/meta/x", value: 1 }]);
  else if (one.kind === "drop") await near.edit([{ dataset: qa.path, remove: true }]);
  else if (one.kind === "revert") await near.revert("HEAD");
  else await near.merge("HEAD~1", { noFastForward: true });
}

test("law: whatever the history, the server has the same commits, whole, after one push", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
      const at = await town();
      await at.near.edit([{ dataset: "qa", create: {} }]);
      for (const one of steps)
        if (one.kind === "push") expect((await pushed(at)).pushes).toBeLessThanOrEqual(1);
        else await act(at, one).catch(() => undefined);
      if ((await at.near.head()).commit === undefined) return;
      expect((await pushed(at)).pushes).toBeLessThanOrEqual(1);
    }),
    { numRuns: 12 },
  );
});

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `q${i}`,
    text: `what is ${i * i * 7919} times ${i * 31}, and why?`,
    n: i,
  }));

test("k scattered rows cost at most twice their compressed items and a hundred bytes a row, counted on the wire", async () => {
  const at = await town();
  await at.near.dataset("qa").import(rows(5000), { key: "id" });
  await pushed(at);
  for (const k of [10, 100, 1000]) {
    const items = rows(k).map((row, i) => ({ ...row, id: `q${i * Math.floor(5000 / k)}`, n: k + i }));
    await at.near.dataset("qa").import(items, { key: "id", mode: "upsert" });
    const { wire, traffic } = await pushed(at);
    const compressed = gzipSync(items.map(item => JSON.stringify(item)).join("\n")).length;
    expect(traffic.wire).toBeLessThan(2 * compressed + 100 * k);
    expect(wire).toBeLessThan(2 * compressed + 100 * k + 1000);
  }
});

test("one row costs a few hundred bytes, whatever the history behind it", async () => {
  const at = await town();
  await at.near.dataset("qa").import(rows(1000), { key: "id" });
  for (let n = 0; n < 40; n++)
    await at.near.dataset("qa").patch([{ op: "replace", path: "/items/q5/n", value: n }], { message: `n is ${n}` });
  await pushed(at);
  await at.near.dataset("qa").patch([{ op: "replace", path: "/items/q7/n", value: -1 }]);
  expect((await pushed(at)).wire).toBeLessThan(700);
});

test("an edit on what is not there, and bytes that are no edit, are the sender's fault and store nothing", async () => {
  const at = await town();
  await at.near.dataset("qa").import(rows(3), { key: "id" });
  await pushed(at);
  await at.near.dataset("qa").patch([{ op: "replace", path: "/items/q1/n", value: -1 }]);
  const sent: Uint8Array[] = [];
  at.open.spy = bytes => sent.push(bytes);
  await pushed(at);
  const empty = await town();
  const push = (body: Uint8Array, to: Town) =>
    to.app.fetch(new Request("http://localhost/api/v1/sync/push", { method: "POST", body: body as BodyInit }));
  const body = sent[sent.length - 1];
  expect([(await push(body, empty)).status, (await empty.far.head()).commit]).toEqual([400, undefined]);
  for (let i = 0; i < body.length; i += 7)
    expect(
      (
        await push(
          body.map((byte, at) => (at === i ? byte ^ 1 : byte)),
          empty,
        )
      ).status,
    ).toBe(400);
});

test("a server that knows no edits, or does not come to the same root, gets blocks", async () => {
  const at = await town();
  await at.near.dataset("qa").import(rows(100), { key: "id" });
  await pushed(at);
  at.open.refusesEdits = true;
  await at.near.dataset("qa").patch([{ op: "replace", path: "/items/q7/n", value: -1 }]);
  expect((await pushed(at)).pushes).toBe(2);
});

test("an answer that is no CAR file is the server's fault, whether all is asked for or a part", async () => {
  const { near } = await town();
  const { commit } = await near.edit([{ dataset: "qa", create: {} }]);
  async function* garbage(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("no CAR file");
  }
  const wire = { url: "http://localhost", close: async () => undefined, ask: async () => garbage() };
  const remote = openServerRemote(wire, near.local());
  const other = "bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi" as typeof commit;
  const ref = { name: "refs/heads/main", value: other, cid: other };
  for (const part of [{}, { holds: () => true }])
    await expect(remote.fetch([ref], part)).rejects.toMatchObject({ code: "remote-failed" });
});
