/** What is pushed to a server by somebody who makes blocks by hand: true CIDs over nonsense, cut and damaged files, names that are nobody's. */
import { MemoryDrive } from "@sheaf/drives/memory";
import { allRoutes, exchangeRoutes } from "@sheaf/server";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Forge, forgeries } from "./hostile/car.js";
import { fresh } from "./server.js";

/** One for all tests: what they push is refused, or goes to a branch of its own. */
const shared = server();

async function server() {
  const drive = new MemoryDrive();
  const served = await fresh({ routes: [...allRoutes, ...exchangeRoutes("evals")] }, drive);
  await served.repo.dataset("qa").import([{ id: "q1" }], { key: "id" });
  const push = async (body: Uint8Array) => {
    const headers = { "content-type": "application/vnd.ipld.car" };
    const url = "http://localhost/api/v1/sync/push";
    const response = await served.app.fetch(new Request(url, { method: "POST", headers, body: body as BodyInit }));
    return { status: response.status, text: await response.text() };
  };
  const logs = async () => {
    const names: string[] = [];
    for await (const name of drive.list("")) if (!name.startsWith("packs/")) names.push(name);
    return names;
  };
  return { ...served, push, logs };
}

describe("pushed by hand, refused with a reason, and nothing moves:", () => {
  test.each(Object.entries(forgeries))("%s", async (what, make) => {
    const { push, logs, told } = await shared;
    const before = await logs();
    const forge = new Forge();
    const { status, text } = await push(
      forge.push([[what.startsWith("a tag") ? "refs/tags/t" : "refs/heads/x", make(forge)]]),
    );
    expect([status, text, told.at(-1)?.error]).toEqual([400, expect.stringContaining("bad-input"), undefined]);
    expect(await logs()).toEqual(before);
  });
});

test("what Sheaf itself would have written is taken, and read", async () => {
  const { push, repo } = await shared;
  const forge = new Forge();
  expect((await push(forge.push([["refs/heads/x", forge.withItem(forge.block({ a: 1 }))]]))).text).toContain(
    '"ok":true',
  );
  expect(await repo.dataset("forged").getText("q1", { at: "x" })).toBe('{"a":1}');
  for await (const finding of repo.verify()) expect(finding).toBeUndefined();
});

test("law: a push that is cut, or changed in any byte, is refused or moves nothing but what it says", async () => {
  const { push, logs } = await shared;
  const forge = new Forge();
  const whole = forge.push([["HEAD", forge.withItem(forge.block({ a: 1 }))]]);
  const before = await logs();
  const at = fc.nat({ max: whole.length - 1 });
  const damaged = fc.oneof(
    at.map(end => whole.slice(0, end)),
    fc
      .tuple(at, fc.integer({ min: 1, max: 255 }))
      .map(([i, mask]) => whole.map((byte, n) => (n === i ? byte ^ mask : byte))),
    fc
      .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 12 }))
      .map(([i, more]) => Uint8Array.from([...whole.slice(0, i), ...more, ...whole.slice(i)])),
    fc.uint8Array({ maxLength: 200 }),
    at.map(i => Uint8Array.from([...whole.slice(0, i), 0xff, 0xff, 0xff, 0xff, 0x0f, ...whole.slice(i)])),
  );
  await fc.assert(
    fc.asyncProperty(damaged, async bytes => {
      const { status, text } = await push(bytes);
      if (status !== 400 && !text.includes('"ok":false')) throw new Error(`answered ${status}: ${text}`);
    }),
  );
  expect(await logs()).toEqual(before);
});

test.each([
  "HEAD",
  "config",
  "tokens/0123456789abcdef",
  "refs/remotes/origin/main",
  "refs/heads/",
  "refs/heads/../tags/x",
  "refs/heads/a b",
  "refs/heads/a\0",
  "refs/heads/main/below",
  "refs/heads/x.lock",
  "merges/main",
  "",
  "/etc/passwd",
])("the ref %j is nobody's to push", async name => {
  const { push, logs } = await shared;
  const before = await logs();
  const forge = new Forge();
  const { status, text } = await push(forge.push([[name, forge.commit()]]));
  expect([status, text]).toEqual([200, expect.stringContaining('"ok":false')]);
  expect(await logs()).toEqual(before);
});
