import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { StockGit } from "../../test/git.js";
import { GitHost } from "../../test/host.js";
import type { Oid } from "../object.js";
import { zeroOid } from "../oid.js";
import { fetchAll, history, main, open, push } from "../../test/exchange.js";

/** The same over HTTP and over pipes: each gives a URL of an empty repository and stock git inside it. */
const carriers: [string, () => Promise<{ url: string; git: StockGit }>][] = [
  ["http", () => GitHost.start()],
  [
    "file",
    async () => {
      const git = StockGit.bare();
      return { git, url: pathToFileURL(git.folder).href };
    },
  ],
];

describe.each(carriers)("over %s", (_, start) => {
  test("an empty repository has no refs, and gives nothing", async () => {
    const { url } = await start();
    const { refs, pack } = await fetchAll(url);
    expect(refs).toEqual([]);
    expect(pack.count).toBe(0);
  });

  test("what is pushed is there, whole, and comes back", async () => {
    const { url, git } = await start();
    const { head, refs } = await push(url, "one\n");
    expect(refs).toEqual([{ name: main, ok: true, message: "" }]);
    git.run(["fsck", "--full", "--strict"]);
    expect(git.run(["show", "main:a.txt"])).toBe("one");
    const fetched = await fetchAll(url);
    expect(fetched.head).toBe(main);
    expect(fetched.refs).toEqual([{ name: main, oid: head }]);
    expect(await fetched.pack.read(head)).toBeDefined();
    expect(fetched.pack.count).toBe(3);
    expect(fetched.traffic.received).toBeGreaterThan(fetched.pack.bytes);
  });

  test("only what is missing comes, found out in rounds", async () => {
    const { url, git } = await start();
    const { head } = await push(url, "one\n");
    const second = await push(url, "two\n", head);
    const strangers = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(40, "f") as Oid);
    const fetched = await fetchAll(url, [...strangers, head, ...strangers]);
    expect(new Set(Array.from(fetched.pack.list(), ({ oid }) => oid))).toEqual(
      new Set(git.run(["rev-list", "--objects", "--no-object-names", second.head, `^${head}`]).split("\n")),
    );
  });

  test("tags are peeled, and a branch is removed", async () => {
    const { url, git } = await start();
    const { head } = await push(url, "one\n");
    git.run(["tag", "-m", "a tag", "v1", head]);
    git.run(["branch", "gone", head]);
    const server = open(url);
    const { refs } = await server.refs();
    expect(refs.find(({ name }) => name === "refs/tags/v1")).toMatchObject({ peeled: head });
    const removal = { name: "refs/heads/gone", from: head, to: zeroOid };
    expect((await server.push([removal], undefined)).refs).toEqual([
      { name: "refs/heads/gone", ok: true, message: "" },
    ]);
    expect((await server.refs()).refs.map(({ name }) => name)).toEqual([main, "refs/tags/v1"]);
  });

  test("a move from what is there no more is refused, and the others are done", async () => {
    const { url } = await start();
    const { head } = await push(url, "one\n");
    const server = open(url);
    const next = history("two\n", head);
    const commands = [
      { name: main, from: next.head, to: next.head },
      { name: "refs/heads/side", from: zeroOid, to: next.head },
    ];
    const { refs } = await server.push(commands, next.writer.stream());
    expect(refs).toMatchObject([{ ok: false }, { name: "refs/heads/side", ok: true }]);
  });

  test("a hook that refuses is heard, and nothing moves", async () => {
    const { url, git } = await start();
    const said = "printf '\\033[31mno \\007rows\\033[0m on main\\r\\n' >&2; exit 1";
    git.hook("pre-receive", said);
    const { refs, words } = await push(url, "one\n");
    expect(refs).toEqual([{ name: main, ok: false, message: "pre-receive hook declined" }]);
    expect(words).toBe("no rows on main");
    expect((await fetchAll(url)).refs).toEqual([]);
  });

  test("work that nobody waits for stops with the caller's reason", async () => {
    const { url } = await start();
    const reason = new Error("enough");
    await expect(open(url).refs({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
