/** Git repositories that are meant to harm, or only odd, pulled from the command line: each is taken whole, byte for byte, or refused with its place. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { utf8 } from "@sheaf/core";
import { freshFolder, StockGit } from "../packages/git/test/git.js";
import { GitHost } from "../packages/git/test/host.js";
import { smallRepository, type Shell } from "./cli/shell.js";

type Entry = readonly [mode: string, name: string | Uint8Array, oid: string];

/** A bare repository whose objects are written without a look at what they are. */
class Forge extends StockGit {
  static make(): Forge {
    const git = new Forge(freshFolder());
    git.run(["init", "--quiet", "--bare", "--initial-branch=main"]);
    return git;
  }

  put(type: string, body: Uint8Array): string {
    return this.run(["hash-object", "-w", "-t", type, "--literally", "--stdin"], body);
  }

  blob(text: string | Uint8Array): string {
    return this.put("blob", typeof text === "string" ? utf8(text) : text);
  }

  tree(...entries: readonly Entry[]): string {
    const parts = entries.flatMap(([mode, name, oid]) => [
      utf8(`${mode} `),
      typeof name === "string" ? utf8(name) : name,
      Uint8Array.of(0),
      Buffer.from(oid, "hex"),
    ]);
    return this.put("tree", Buffer.concat(parts));
  }

  /** A top folder with the dataset `qa`, of these rows, and what else is given. */
  withRows(rows: string | Uint8Array, ...more: readonly Entry[]): string {
    const file = this.tree(["100644", "0.jsonl", this.blob(rows)]);
    return this.tree(["40000", "qa", this.tree(["40000", "rows", file])], ...more);
  }

  /** A commit on main, of raw bytes. */
  commit(tree: string, message: string | Uint8Array = "odd\n", headers = ""): string {
    const parent = this.run(["rev-parse", "main"]);
    const person = "A <a@b> 1700000000 +0000";
    const head = `tree ${tree}\nparent ${parent}\nauthor ${person}\ncommitter ${person}\n${headers}\n`;
    return this.put("commit", Buffer.concat([utf8(head), Buffer.from(message)]));
  }
}

/** Ada's repository, pushed to a forge that is then no longer hers. */
async function pushed(): Promise<{ ada: Shell; git: Forge }> {
  const [ada, git] = [await smallRepository(), Forge.make()];
  await ada.sheaf("remote", "add", "origin", git.folder);
  await ada.sheaf("push", "-u", "origin", "main");
  return { ada, git };
}

const emptyBlob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const row = '{"@id":"q1","@pos":"a0","a":1}\n';
const long = (character: string, count: number) => character.repeat(count);

describe("refused with commit and place; nothing moves, nothing is stored", () => {
  const cases: [what: string, tree: (git: Forge) => string, words: RegExp][] = [
    ["a folder that leads out", git => git.tree(["40000", "..", git.withRows(row)]), /the name "\.\."/],
    ["a slash in a name", git => git.tree(["100644", "a/../../b", git.blob("x")]), /holds a slash/],
    ["git's own folder", git => git.tree(["40000", ".git", git.withRows(row)]), /git's own folder/],
    [
      "git's own folder, as Windows shortens it",
      git => git.tree(["100644", "GIT~1", git.blob("x")]),
      /git's own folder/,
    ],
    [
      "git's own folder, as a Mac reads it",
      git => git.tree(["40000", ".g\u200cit", git.withRows(row)]),
      /git's own folder/,
    ],
    [
      "a link where rows must be, to a folder outside",
      git => {
        const facts = git.blob(`{"id":"${long("1", 32)}"}`);
        const folder = git.tree(["100644", "dataset.json", facts], ["120000", "rows", git.blob("/etc")]);
        return git.tree(["40000", "qa", folder]);
      },
      /qa\/rows/,
    ],
    [
      "a link and a folder of one name",
      git => git.tree(["120000", "qa", git.blob("/tmp")], ["40000", "qa", git.tree(["100644", "x", git.blob("x")])]),
      /"qa" stands twice/,
    ],
    ["a submodule", git => git.tree(["160000", "lib", long("1", 40)]), /lib: a submodule/],
    [
      "bytes that are no text in a row",
      git => git.withRows(Buffer.from('{"a":1}\n{"a":"\xff"}\n', "latin1")),
      /qa\/rows\/0\.jsonl:2:7.*UTF-8/,
    ],
    [
      "bytes that are no text in a name",
      git => git.tree(["100644", Uint8Array.of(0xff, 0xfe), git.blob("x")]),
      /not UTF-8/,
    ],
    [
      "JSON of a hundred thousand levels",
      git => git.withRows(`{"a":${long("[", 1e5)}${long("]", 1e5)}}\n`),
      /qa\/rows\/0\.jsonl:1:\d+/,
    ],
    ["a number beyond all numbers", git => git.withRows('{"a":1e999}\n'), /qa\/rows\/0\.jsonl:1:6, at \/a/],
    ["an id twice", git => git.withRows(row + row), /qa\/rows\/0\.jsonl:2.*stands twice/],
    [
      "folders without end",
      git => {
        let folder = git.withRows(row);
        for (let i = 0; i < 40; i++) folder = git.tree(["40000", long("d", 40), folder]);
        return folder;
      },
      /path is longer than 1200 bytes/,
    ],
  ];

  test.each(cases)("%s", async (_, tree, words) => {
    const { ada, git } = await pushed();
    const commit = git.commit(tree(git));
    git.run(["update-ref", "refs/heads/main", commit]);
    const before = await ada.state();
    const [outside, packs] = [join(ada.folder, ".."), join(ada.folder, ".sheaf/packs")];
    const [beside, held] = [readdirSync(outside).includes("qa"), readdirSync(packs)];
    const { code, out, err } = await ada.run(["pull"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(words);
    expect(err).toContain(commit);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err.length).toBeLessThan(500);
    expect(await ada.state()).toBe(before);
    expect(readdirSync(packs)).toEqual(held);
    expect(readdirSync(outside).includes("qa")).toBe(beside);
    await ada.sheaf("verify");
  });
});

describe("odd, and taken whole: the same git commit goes out again", () => {
  const cases: [what: string, commit: (git: Forge) => string][] = [
    [
      "a link that leads out, kept as its text",
      git => git.commit(git.withRows(row, ["120000", "up", git.blob("../../etc/passwd")])),
    ],
    [
      "names that mean something elsewhere",
      git =>
        git.commit(
          git.tree(
            ["100644", "..\\..\\x", git.blob("x")],
            ["100644", "CON", git.blob("x")],
            ["100644", "__proto__", git.blob("x")],
          ),
        ),
    ],
    [
      "keys that mean something to programs",
      git => git.commit(git.withRows('{"__proto__":{"a":1},"constructor":1,"toString":null}\n')),
    ],
    ["a message that is no text", git => git.commit(git.withRows(row), Uint8Array.of(0xff, 0xfe, 0xe9))],
    ["a message with a NUL", git => git.commit(git.withRows(row), "a\0b\n")],
    ["a message of two megabytes", git => git.commit(git.withRows(row), `${long("x", 2e6)}\n`)],
    [
      "headers that nobody knows",
      git => git.commit(git.withRows(row), "m", `foo bar\n${long(" y\n", 50)}gpgsig none\n`),
    ],
    [
      "two thousand files in a folder",
      git =>
        git.commit(
          git.tree(
            ...Array.from({ length: 2000 }, (_, i): Entry => ["100644", `f${String(i).padStart(4, "0")}`, emptyBlob]),
          ),
        ),
    ],
  ];

  test.each(cases)("%s", async (_, make) => {
    const { ada, git } = await pushed();
    expect(git.blob("")).toBe(emptyBlob);
    const commit = make(git);
    git.run(["update-ref", "refs/heads/main", commit]);
    await ada.sheaf("pull");
    await ada.sheaf("verify");
    const other = StockGit.bare();
    // A strict host would refuse some of these.
    other.run(["config", "receive.fsckObjects", "false"]);
    await ada.sheaf("push", other.folder, "main");
    expect(other.run(["rev-parse", "main"])).toBe(commit);
  });

  test("a tag of a tag of a tag, thirty deep", async () => {
    const { ada, git } = await pushed();
    let [oid, type] = [git.run(["rev-parse", "main"]), "commit"];
    for (let i = 0; i < 30; i++) {
      oid = git.put("tag", utf8(`object ${oid}\ntype ${type}\ntag deep\ntagger A <a@b> 1700000000 +0000\n\n${i}\n`));
      type = "tag";
    }
    git.run(["update-ref", "refs/tags/deep", oid]);
    await ada.sheaf("fetch");
    await ada.sheaf("verify");
    expect(await ada.sheaf("log", "--oneline", "deep")).toBe(await ada.sheaf("log", "--oneline", "main"));
  });
});

describe("a server that lies", () => {
  const line = (text: string) => `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, "0")}${text}`;
  /** What a server tells of its refs. */
  const told = (refs: readonly (readonly [oid: string, name: string])[]) => {
    const [[oid, name], ...rest] = refs;
    const uses = "multi_ack_detailed side-band-64k ofs-delta thin-pack no-progress";
    const lines = [line("# service=git-upload-pack\n"), "0000", line(`${oid} ${name}\0${uses}\n`)];
    return [...lines, ...rest.map(([value, ref]) => line(`${value} ${ref}\n`)), "0000"].join("");
  };

  async function lying(refs: (head: string) => readonly (readonly [string, string])[], pack?: Uint8Array | string) {
    const host = await GitHost.start();
    const ada = await smallRepository();
    await ada.sheaf("remote", "add", "origin", host.url);
    await ada.sheaf("push", "-u", "origin", "main");
    const head = host.git.run(["rev-parse", "main"]);
    host.switches.answer = ({ method }) => {
      if (method === "GET")
        return {
          status: 200,
          headers: { "content-type": "application/x-git-upload-pack-advertisement" },
          body: told(refs(head)),
        };
      if (pack === undefined) return undefined;
      return { status: 200, headers: { "content-type": "application/x-git-upload-pack-result" }, body: pack };
    };
    return { host, ada };
  }

  const nobody = long("1", 40);
  /** A pack without objects, as the server's answer. */
  const emptyPack = Buffer.concat([
    utf8(line("NAK\n")),
    utf8("0025\u0001"),
    utf8("PACK\0\0\0\u0002\0\0\0\0"),
    Buffer.from("029d08823bd8a8eab510ad6ac75c823cfd3ed31e", "hex"),
    utf8("0000"),
  ]);

  test.each<[string, number, Uint8Array | string | undefined]>([
    ["names a commit that it has not", 6, undefined],
    ["sends a pack without what was asked for", 2, emptyPack],
    ["sends a page", 6, "<!doctype html><title>Log in</title>"],
    ["sends nothing", 6, ""],
  ])("%s: that is said, and nothing moves", async (_, expected, pack) => {
    const { ada } = await lying(() => [[nobody, "refs/heads/main"]], pack);
    const before = await ada.state();
    const { code, out, err } = await ada.run(["pull"]);
    expect([code, out]).toEqual([expected, ""]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(await ada.state()).toBe(before);
    await ada.sheaf("verify");
  });

  test("refs of odd names stay away or are refused by name; the good ones come", async () => {
    const odd = [
      "refs/heads/../../../etc/x",
      "refs/heads/a..b",
      "refs/heads/x.lock",
      "refs/heads/.x",
      "refs/heads/\u001b[31mred",
      "refs/heads/-x",
      "refs/heads//x",
      "refs/heads/x/",
      "refs/heads/@{1}",
      `refs/heads/${long("n", 5000)}`,
      "refs/tags/../../x",
      "refs/sheaf/environments/../../../x",
      "refs/other/x",
    ];
    const { ada } = await lying(head => [[head, "refs/heads/good"], ...odd.map(name => [head, name] as const)]);
    const { code, out, err } = await ada.run(["fetch"]);
    expect([code, out]).toEqual([0, expect.stringContaining("good")]);
    expect(out + err).not.toContain("\u001b");
    await ada.sheaf("verify");
    const here = (await ada.json("branch", "--remotes")).map(({ branch, name }) => branch ?? name);
    expect(here.filter(name => /\.\.|lock|\/\/|@\{/.test(String(name)))).toEqual([]);
    expect(here).toContain("origin/good");
  });
});
