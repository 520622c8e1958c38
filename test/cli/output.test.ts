/** What people see: tables, colour, progress, and output that somebody stops reading. */
import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { lines, smallRepository, type Shell, type Terminal } from "./shell.js";

const escape = "\x1b[";

describe("on a terminal", () => {
  test("rows are a table that fits, with ids and columns", async () => {
    const shell = await smallRepository();
    const { out } = await shell.run(["rows", "qa"], { columns: 50, env: { NO_COLOR: "1" } });
    expect(lines(out)[0]).toMatch(/^id +answer +question +score|^id +.*question/);
    expect(Math.max(...lines(out).map(line => line.length))).toBeLessThanOrEqual(50);
    expect(out).toContain("Paris");
  });

  test("colour is used, but not with NO_COLOR, nor when nobody looks", async () => {
    const shell = await smallRepository();
    expect((await shell.run(["log"], { columns: 80 })).out).toContain(escape);
    expect((await shell.run(["log"], { columns: 80, env: { NO_COLOR: "1" } })).out).not.toContain(escape);
    expect((await shell.run(["log"])).out).not.toContain(escape);
  });

  test("control characters in data are shown, not sent", async () => {
    const shell = await smallRepository();
    await shell.run(["patch", "qa", "-"], {
      stdin: '[{"op":"add","path":"/items/q1/answer","value":"\\u001b[31mred\\u009b"}]',
    });
    for (const args of [
      ["rows", "qa"],
      ["diff", "HEAD~1"],
      ["get", "qa", "q1"],
    ]) {
      const { out } = await shell.run(args, { columns: 200, env: { NO_COLOR: "1" } });
      for (const sent of ["\x1b", "\x9b"]) expect(out).not.toContain(sent);
      expect(out).toContain("red");
    }
  });

  test("get prints the item over several lines, numbers exactly", async () => {
    const shell = await smallRepository();
    const { out } = await shell.run(["get", "qa", "q1"], { columns: 80 });
    expect(out).toContain('\n  "score": 1.0\n}');
  });

  test("a long text shows the words that changed", async () => {
    const shell = await smallRepository();
    const long = "The quick brown fox jumps over the lazy dog, and then it sleeps.";
    await shell.run(["patch", "qa", "-"], {
      stdin: JSON.stringify([{ op: "add", path: "/items/q1/answer", value: long }]),
    });
    await shell.run(["patch", "qa", "-"], {
      stdin: JSON.stringify([{ op: "add", path: "/items/q1/answer", value: long.replace("brown", "red") }]),
    });
    expect(await shell.sheaf("diff", "HEAD~1")).toContain("The quick [-brown-]{+red+} fox jumps");
  });
});

describe("a pager", () => {
  /** Runs a command on a terminal with a pager, and gives what either was sent. */
  async function paged(shell: Shell, args: readonly string[], terminal: Terminal = { columns: 80 }) {
    let text = "";
    let closed = 0;
    const sink = new Writable({ write: (chunk, _, done) => done(void (text += String(chunk))) });
    const page = async () => ({ sink, close: async () => void closed++ });
    const { code, out, err } = await shell.run(args, { ...terminal, page });
    return { code, out, err, text, closed };
  }

  test.each([["log"], ["diff"], ["show"], ["reflog"], ["blame", "qa"]])(
    "takes what %s prints on a terminal",
    async (...args) => {
      const shell = await smallRepository();
      await shell.sheaf("patch", "qa", shell.write("p.json", '[{"op":"add","path":"/items/q1/answer","value":"x"}]'));
      const { code, out, text, closed } = await paged(shell, args);
      expect([code, out, closed]).toEqual([0, "", 1]);
      expect(text).toBe((await shell.run(["--no-pager", ...args], { columns: 80 })).out);
      expect(text).not.toBe("");
    },
  );

  test("is left alone with --no-pager, under --json, where nobody looks, and by errors", async () => {
    const shell = await smallRepository();
    for (const [args, terminal] of [
      [["--no-pager", "log"], { columns: 80 }],
      [["--json", "log"], { columns: 80 }],
      [["log"], {}],
      [["log", "nowhere"], { columns: 80 }],
    ] as const)
      expect(await paged(shell, args, terminal)).toMatchObject({ text: "", closed: 0 });
  });

  test("that is quit ends the command quietly", async () => {
    const shell = await smallRepository();
    const gone = Object.assign(new Error("closed"), { code: "EPIPE" });
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(gone) });
    const page = async () => ({ sink, close: async () => undefined });
    expect(await shell.run(["log"], { columns: 80, page })).toEqual({ code: 0, out: "", err: "" });
  });

  test("is the one that the environment names", async () => {
    const shell = await smallRepository();
    const { openPager } = await import("../../packages/cli/src/pager.js");
    const pager = await openPager(
      { PATH: process.env["PATH"], PAGER: "false", SHEAF_PAGER: "cat > seen" },
      shell.folder,
    );
    pager?.sink.write("text");
    await pager?.close();
    expect(shell.read("seen")).toBe("text");
    for (const none of ["", "cat"]) expect(await openPager({ PAGER: none }, shell.folder)).toBeUndefined();
    expect(await openPager({ PATH: shell.folder }, shell.folder)).toBeUndefined();
  });
});

test("a reader that goes away ends the command quietly", async () => {
  const shell = await smallRepository();
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  expect(await shell.run(["rows", "qa"], { stdout })).toMatchObject({ code: 0, err: "" });
});

test("an interrupt ends with 130 and changes nothing", async () => {
  const shell = await smallRepository();
  const before = await shell.state();
  const rows = Array.from({ length: 1000 }, (_, i) => JSON.stringify({ i })).join("\n");
  const { code } = await shell.run(["import", "qa", "-", "--format", "jsonl"], {
    stdin: rows,
    signal: AbortSignal.abort(),
  });
  expect(code).toBe(130);
  expect(await shell.state()).toBe(before);
});

test("an interrupt does not wait for standard input", async () => {
  const shell = await smallRepository();
  const interrupt = new AbortController();
  const stdin = new PassThrough();
  stdin.write('{"a":1}\n');
  setImmediate(() => interrupt.abort());
  const { code } = await shell.run(["import", "n", "-", "--format", "jsonl"], { stdin, signal: interrupt.signal });
  expect(code).toBe(130);
});

test("the version is the package's, in one line", async () => {
  const shell = await smallRepository();
  expect(await shell.sheaf("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("completion knows commands, options, datasets and revisions", async () => {
  const shell = await smallRepository();
  const complete = async (...words: string[]) =>
    lines(await shell.sheaf("__complete", String(words.length), "sheaf", ...words));
  expect(await complete("che")).toEqual(["cherry-pick"]);
  expect(await complete("get", "q")).toEqual(["qa"]);
  expect(await complete("merge", "ma")).toEqual(["main"]);
  expect(await complete("columns", "re")).toEqual(["rename", "remove"]);
  expect(await complete("import", "qa", "x", "--ded")).toEqual(["--dedupe"]);
  for (const kind of ["bash", "zsh", "fish"])
    expect(await shell.sheaf("completion", kind)).toContain("sheaf __complete");
});
