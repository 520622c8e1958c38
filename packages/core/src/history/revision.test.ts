import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printCid, type Digest } from "../block/cid.js";
import { encodeTag } from "./commit.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { drawHistory } from "../testing/history.js";
import { candidates, parseRevision, printRevision, resolveRevision, type Names, type Revision } from "./revision.js";

//     a - b - d - e        d = b + c
//      \     /
//       c ---
function world() {
  const blocks = new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));
  const commits = drawHistory(blocks, "a b c(a) d(b,c) e");
  const at = (name: string): Digest => commits.get(name) ?? new Uint8Array(32);
  const who = { name: "Ada", email: "ada@example.org", time: 1, zone: 0 };
  const tag = blocks.put(encodeTag({ target: at("d"), name: "v1", tagger: who, message: "", attributes: {} }));
  const tagged = blocks.put(encodeTag({ target: tag, name: "v1-signed", tagger: who, message: "", attributes: {} }));
  const refs: Record<string, Digest> = {
    HEAD: at("e"),
    "refs/heads/main": at("e"),
    "refs/heads/fix/a": at("c"),
    "refs/tags/v1": tag,
    "refs/tags/v2": tagged,
    "refs/tags/both": at("a"),
    "refs/heads/both": at("b"),
    "refs/remotes/origin/main": at("b"),
    "refs/remotes/origin/HEAD": at("a"),
    "refs/environments/1/live": at("c"),
  };
  const names: Names = {
    resolveRef: async name => refs[name],
    findPrefix: async prefix => [...commits.values()].filter(digest => printCid(digest).startsWith(prefix)),
  };
  const file = blocks.put(new Uint8Array([0xa0]));
  const resolve = async (text: string): Promise<string> => {
    const digest = String(await resolveRevision(blocks, names, text));
    return [...commits].find(([, commit]) => String(commit) === digest)?.[0] ?? "?";
  };
  return { at, file, names, blocks, resolve };
}

const revisions: fc.Arbitrary<Revision> = fc.record(
  {
    name: fc.constantFrom("main", "HEAD", "origin/main", "v1.0", "refs/heads/x", "feature/é"),
    steps: fc.array(
      fc.record(
        { kind: fc.constantFrom("parent" as const, "ancestor" as const), count: fc.nat(12) },
        { noNullPrototype: true },
      ),
      { maxLength: 4 },
    ),
  },
  { noNullPrototype: true },
);

test("what is printed reads back", () => {
  fc.assert(
    fc.property(revisions, revision => {
      expect(parseRevision(printRevision(revision))).toEqual(revision);
    }),
  );
});

describe("names and steps", () => {
  test.each([
    ["main", "e"],
    ["HEAD", "e"],
    ["@", "e"],
    ["@~1", "d"],
    ["main~", "d"],
    ["main^", "d"],
    ["main~2", "b"],
    ["main~3", "a"],
    ["main^^2", "c"],
    ["main~1^2~1", "a"],
    ["main^0", "e"],
    ["main~0", "e"],
    ["heads/main", "e"],
    ["refs/heads/main", "e"],
    ["fix/a", "c"],
    ["origin/main", "b"],
    ["origin", "a"],
    ["remotes/origin/main", "b"],
    ["environments/1/live", "c"],
    ["v1", "d"],
    ["v2", "d"],
    ["v1^2", "c"],
    ["both", "a"],
  ])("%s", async (text, name) => {
    expect(await world().resolve(text)).toBe(name);
  });

  test("a whole CID, in any case of its base, and a unique prefix", async () => {
    const { at, resolve } = world();
    const cid = printCid(at("c"));
    expect(await resolve(cid)).toBe("c");
    expect(await resolve(`${cid}~1`)).toBe("a");
    expect(await resolve(cid.slice(0, 14))).toBe("c");
    expect(candidates("main")).toContain("refs/heads/main");
  });
});

describe("refusals", () => {
  test.each([
    ["nothing", "no-such-ref", "tried refs/nothing, refs/tags/nothing, refs/heads/nothing"],
    ["main~9", "no-such-ref", "is the first commit of its line"],
    ["main^2", "no-such-ref", "has one parent only"],
    ["bafyreiaaaa", "no-such-ref", "no branch, tag or commit"],
    ["bafyre", "no-such-ref", "8 characters or more"],
    ["", "bad-input", "begins with no name"],
    ["~1", "bad-input", "begins with no name"],
    ["a..b", "bad-input", "ranges"],
    ["main@{1}", "bad-input", "sheaf reflog"],
    ["main~x", "bad-input", "is no step"],
    ["main^{commit}", "bad-input", "is no step"],
    ["a b", "bad-input", "no name can hold"],
  ])("%s", async (text, code, sentence) => {
    await expect(world().resolve(text)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  });

  test("a CID that is not here, one that is no commit, and a prefix of several", async () => {
    const { at, file, names, blocks, resolve } = world();
    await expect(resolve(printCid(new Uint8Array(32)))).rejects.toMatchObject({ code: "no-such-ref" });
    await expect(resolve(printCid(file))).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("not a commit"),
    });
    const both: Names = { ...names, findPrefix: async () => [at("a"), at("b")] };
    await expect(resolveRevision(blocks, both, "bafyreia")).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("more than one CID"),
    });
  });

  test("HEAD of a branch without commits says so", async () => {
    const { blocks } = world();
    await expect(resolveRevision(blocks, { resolveRef: async () => undefined }, "HEAD~1")).rejects.toMatchObject({
      code: "no-such-ref",
      message: expect.stringContaining("no commit yet"),
    });
  });
});
