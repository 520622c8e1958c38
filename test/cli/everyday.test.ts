/** A day with Sheaf, command by command, with the results that programs read. */
import { describe, expect, test } from "vitest";
import { freshShell, lines, smallRepository } from "./shell.js";

const cid = expect.stringMatching(/^bafyrei[a-z2-7]{52}$/);

describe("init", () => {
  test("makes a repository, in the current folder or in one that it makes", async () => {
    const shell = freshShell();
    expect(await shell.json("init")).toEqual([{ repository: shell.folder, branch: "main" }]);
    expect(await shell.sheaf("init", "deep/evals")).toContain("deep/evals");
    expect((await shell.json("status", "-C", "deep/evals"))[0]).toMatchObject({ branch: "main", datasets: [] });
  });

  test("is refused where there is a repository", async () => {
    const shell = freshShell();
    await shell.sheaf("init");
    expect(await shell.run(["init"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("repository here already"),
    });
  });
});

describe("import and export", () => {
  test("import tells the commit and what became of the rows", async () => {
    const shell = freshShell();
    await shell.sheaf("init");
    shell.write("a.jsonl", '{"id":"x","n":1}\n{"id":"y","n":2}\n');
    shell.write("b.jsonl", '{"id":"y","n":3}\n{"id":"z","n":4}\n');
    expect(await shell.json("import", "t", "a.jsonl", "--key", "id")).toEqual([
      { commit: cid, added: 2, changed: 0, removed: 0, unchanged: 0, moved: 0 },
    ]);
    expect((await shell.json("import", "t", "b.jsonl", "--key", "id"))[0]).toMatchObject({
      added: 1,
      changed: 1,
      removed: 1,
      unchanged: 0,
    });
  });

  test("a second import of the same file makes no commit", async () => {
    const shell = await smallRepository();
    const [{ commit }] = await shell.json("log");
    expect((await shell.json("import", "qa", "qa.jsonl", "--key", "id"))[0]).toMatchObject({
      commit,
      added: 0,
      unchanged: 3,
    });
    expect(await shell.json("log")).toHaveLength(1);
  });

  test("modes add, upsert and remove do what they say", async () => {
    const shell = await smallRepository();
    shell.write("more.jsonl", '{"id":"q3","answer":"Saturn"}\n{"id":"q4","answer":"9"}\n');
    expect((await shell.json("import", "qa", "more.jsonl", "--key", "id", "--mode", "upsert"))[0]).toMatchObject({
      added: 1,
      changed: 1,
      removed: 0,
    });
    expect((await shell.json("import", "qa", "more.jsonl", "--key", "id", "--mode", "remove"))[0]).toMatchObject({
      removed: 2,
    });
    expect((await shell.json("ls"))[0]).toMatchObject({ dataset: "qa", rows: 2 });
  });

  test("standard input goes in, standard output comes out, exactly", async () => {
    const shell = freshShell();
    await shell.sheaf("init");
    const text = '{"a":1.0,"b":-0.0,"c":1e-7,"d":18446744073709551615,"e":"\\u0000é😀"}\n';
    expect((await shell.run(["import", "n", "-", "--format", "jsonl"], { stdin: text })).code).toBe(0);
    expect(await shell.sheaf("export", "n")).toBe(text);
  });

  test("a CSV file comes back as it was, gzipped on the way", async () => {
    const shell = freshShell();
    await shell.sheaf("init");
    shell.write("t.csv", 'name,age\nAda,"0,36"\nBob,007\n');
    await shell.sheaf("import", "t", "t.csv");
    await shell.sheaf("export", "t", "t.csv.gz");
    await shell.sheaf("import", "again", "t.csv.gz");
    expect(await shell.sheaf("export", "again", "-", "--format", "csv")).toBe(shell.read("t.csv"));
  });

  test("an export that would lose something is refused and leaves the file as it was", async () => {
    const shell = await smallRepository();
    shell.write("qa.csv", "before");
    const { code, err } = await shell.run(["export", "qa", "qa.csv"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--lossy")]);
    expect(shell.read("qa.csv")).toBe("before");
    await shell.sheaf("export", "qa", "qa.csv", "--lossy");
    expect(lines(shell.read("qa.csv"))).toHaveLength(4);
  });

  test.each([[[]], [["--columns", "id,answer"]]])(
    "a table on standard output that would lose something in its last row is refused before its first byte %j",
    async more => {
      const shell = await smallRepository();
      const texts = Array.from({ length: 50 }, (_, n) => JSON.stringify({ id: `q${n}`, answer: "four" }));
      shell.write("t.jsonl", [...texts, '{"id":"last","answer":4}'].join("\n"));
      await shell.sheaf("import", "t", "t.jsonl", "--key", "id");
      const { code, out, err } = await shell.run(["export", "t", "-", "--format", "csv", ...more]);
      expect([code, out, err]).toEqual([2, "", expect.stringContaining("--lossy")]);
    },
  );

  test("--rows carries ids and order to another repository", async () => {
    const shell = await smallRepository();
    await shell.sheaf("export", "qa", "rows.jsonl", "--rows");
    await shell.sheaf("init", "other");
    await shell.sheaf("import", "qa", "rows.jsonl", "--rows", "-C", "other");
    expect(await shell.sheaf("rows", "qa", "-C", "other")).toBe(await shell.sheaf("rows", "qa"));
  });
});

describe("changing", () => {
  test("patch keeps numbers exactly and makes a commit by the author given", async () => {
    const shell = await smallRepository();
    const args = [
      "patch",
      "qa",
      "-",
      "--json",
      "--author",
      "Bob <bob@example.org>",
      "--date",
      "2024-03-01T12:00:00+01:00",
    ];
    const { out } = await shell.run(args, { stdin: '[{"op":"add","path":"/items/q1/w","value":3.0}]' });
    expect(JSON.parse(out)).toEqual({ commit: cid });
    expect(await shell.sheaf("get", "qa", "q1")).toContain('"w":3.0');
    expect((await shell.json("log"))[0].author).toEqual({
      name: "Bob",
      email: "bob@example.org",
      time: 1709290800,
      zone: 60,
    });
  });

  test("edit makes a patch of what the editor saved", async () => {
    const shell = await smallRepository();
    const editor = shell.write(
      "editor.mjs",
      `import fs from "fs"; const f = process.argv[2]; fs.writeFileSync(f, fs.readFileSync(f, "utf8").replace('"4"', '"four"'));`,
    );
    const { code } = await shell.run(["edit", "qa", "q1"], {
      env: { PATH: process.env["PATH"] ?? "", EDITOR: `node ${editor}` },
    });
    expect(code).toBe(0);
    expect(await shell.sheaf("get", "qa", "q1")).toContain('"answer":"four"');
    expect(await shell.sheaf("get", "qa", "q1")).toContain('"score":1.0');
  });

  test("columns are listed, renamed, removed and ordered", async () => {
    const shell = await smallRepository();
    await shell.sheaf("columns", "rename", "qa", "answer", "reply");
    await shell.sheaf("columns", "remove", "qa", "score");
    await shell.sheaf("columns", "order", "qa", "id", "reply", "question");
    expect(await shell.json("columns", "qa")).toEqual([
      { name: "id", rows: 3 },
      { name: "reply", rows: 3 },
      { name: "question", rows: 3 },
    ]);
  });

  test("datasets are made, described, renamed and removed", async () => {
    const shell = await smallRepository();
    await shell.sheaf("dataset", "create", "safety/jail");
    await shell.sheaf("dataset", "describe", "safety/jail", "must be refused");
    await shell.sheaf("dataset", "rename", "safety/jail", "safety/breaks");
    expect(await shell.json("ls", "safety")).toEqual([
      expect.objectContaining({ dataset: "safety/breaks", rows: 0, meta: { description: "must be refused" } }),
    ]);
    await shell.sheaf("dataset", "remove", "safety/breaks");
    expect(await shell.json("ls")).toHaveLength(1);
  });

  test("restore brings a dataset back, undo takes that back", async () => {
    const shell = await smallRepository();
    await shell.sheaf("tag", "v1");
    await shell.run(["patch", "qa", "-"], { stdin: '[{"op":"remove","path":"/items/q2"}]' });
    await shell.sheaf("restore", "qa", "v1");
    expect(await shell.json("rows", "qa")).toHaveLength(3);
    await shell.sheaf("undo");
    expect(await shell.json("rows", "qa")).toHaveLength(2);
    expect((await shell.json("reflog"))[0].command).toContain("undo");
  });
});

describe("names", () => {
  test("branches are made, listed, renamed, switched to and deleted", async () => {
    const shell = await smallRepository();
    await shell.sheaf("branch", "fix");
    await shell.sheaf("switch", "fix");
    await shell.sheaf("branch", "-m", "fix", "fixes");
    expect(await shell.json("branch")).toEqual([
      { branch: "fixes", commit: cid, current: true },
      { branch: "main", commit: cid, current: false },
    ]);
    await shell.sheaf("switch", "-c", "third", "main");
    await shell.sheaf("branch", "-d", "fixes");
    expect((await shell.json("branch")).map(({ branch }) => branch)).toEqual(["main", "third"]);
  });

  test("tags, light and annotated", async () => {
    const shell = await smallRepository();
    await shell.sheaf("tag", "v1");
    await shell.sheaf("tag", "v2", "-m", "with words");
    expect(await shell.json("tag")).toEqual([
      { tag: "v1", commit: cid },
      expect.objectContaining({ tag: "v2", commit: cid, message: "with words" }),
    ]);
    await shell.sheaf("tag", "-d", "v1");
    expect((await shell.run(["show", "v1"])).code).toBe(3);
  });

  test("environments name versions of a dataset", async () => {
    const shell = await smallRepository();
    await shell.sheaf("env", "qa", "production", "HEAD");
    expect(await shell.json("env", "qa")).toEqual([{ dataset: "qa", environment: "production", commit: cid }]);
    await shell.sheaf("env", "qa", "production", "--delete");
    expect(await shell.json("env", "qa")).toEqual([]);
  });

  test("config is set, read, listed and unset", async () => {
    const shell = await smallRepository();
    const stranger = { env: { SHEAF_AUTHOR_NAME: "", SHEAF_AUTHOR_EMAIL: "", GIT_CONFIG_GLOBAL: "/dev/null" } };
    expect((await shell.run(["config", "user.name", "Nobody"], stranger)).err).toBe("");
    await shell.sheaf("config", "user.name", "Grace");
    expect(await shell.sheaf("config", "user.name")).toBe("Grace\n");
    expect(await shell.json("config")).toEqual([{ "user.name": "Grace" }]);
    await shell.sheaf("config", "--unset", "user.name");
    expect((await shell.run(["config", "user.name"])).code).toBe(3);
  });
});

describe("upkeep", () => {
  test("verify finds nothing wrong, gc and repack change nothing that can be seen", async () => {
    const shell = await smallRepository();
    const before = await shell.sheaf("rows", "qa");
    await shell.sheaf("gc");
    await shell.sheaf("repack");
    expect((await shell.run(["verify"])).code).toBe(0);
    expect(await shell.sheaf("rows", "qa")).toBe(before);
  });
});
