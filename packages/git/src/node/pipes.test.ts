import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshFolder, StockGit } from "../../test/git.js";
import { zeroOid } from "../oid.js";
import { environment, open, push } from "../../test/exchange.js";

describe("through pipes", () => {
  test("a plain path", async () => {
    const git = StockGit.bare();
    expect((await push(git.folder, "one\n")).refs).toMatchObject([{ ok: true }]);
  });

  test("a path that leads nowhere", async () => {
    await expect(open("/nonexistent/a").refs()).rejects.toMatchObject({
      code: "no-such-repository",
      data: { path: "/nonexistent/a" },
    });
  });

  test("git that is not installed", async () => {
    const git = StockGit.bare();
    await expect(open(git.folder, { environment: { PATH: "/nonexistent" } }).refs()).rejects.toThrow(
      /git is not installed, or not on the PATH; install it, or use an https:/,
    );
  });

  test("what a program says before it breaks off is in the failure", async () => {
    const git = StockGit.bare();
    const says = (script: string) => {
      git.write("says.sh", script);
      return { environment: { ...environment, GIT_SSH_COMMAND: `sh ${join(git.folder, "says.sh")}` } };
    };
    const denied = says("echo 'ada@host.example: Permission denied (publickey).' >&2; exit 255");
    await expect(open("ssh://ada@host.example/data", denied).refs()).rejects.toMatchObject({
      code: "remote-failed",
      message: "ssh://ada@host.example/data: ada@host.example: Permission denied (publickey).",
    });
    const advertisement = "0091" + "0".repeat(40) + " capabilities^{}\\000 report-status delete-refs";
    const lines = advertisement.padEnd(0x91 - 1 + 3, " ");
    const dying = says(`printf '${lines}\\n0000'; head -c 8 > /dev/null; echo 'the disk is full' >&2; exit 1`);
    await expect(push("ssh://host.example/data", "one\n", zeroOid, dying)).rejects.toThrow(/: the disk is full$/);
  });

  describe("ssh", () => {
    /** Runs the command here, and notes how it was called. */
    const runner = 'printf "%s|" "$@" >> "$LOG"\nfor last; do :; done\nexec sh -c "$last"\n';
    const reached = async (urlOf: (folder: string) => string, name = "data.git") => {
      const git = new StockGit(freshFolder());
      StockGit.bare(join(git.folder, name));
      git.write("ssh.sh", runner);
      const log = join(git.folder, "log");
      const env = { ...environment, LOG: log, GIT_SSH_COMMAND: `sh '${join(git.folder, "ssh.sh")}'` };
      const folder = join(git.folder, name);
      const { refs } = await push(urlOf(folder), "one\n", zeroOid, { environment: env });
      expect(refs).toMatchObject([{ ok: true }]);
      expect(new StockGit(folder).run(["show", "main:a.txt"])).toBe("one");
      return { folder, called: readFileSync(log, "utf8") };
    };

    test("is called as git calls it", async () => {
      const { folder, called } = await reached(path => `ssh://ada@host.example:2222${path}`);
      expect(called).toBe(`-p|2222|ada@host.example|git-receive-pack '${folder}'|`);
    });

    test("takes a path for a path, whatever stands in it", async () => {
      const name = '-it\'s $(touch gone) a "data"!;&.git';
      const { folder, called } = await reached(path => `ada@host.example:${path}`, name);
      expect(called).toBe(`ada@host.example|git-receive-pack '${folder.replace(/['!]/g, "'\\$&'")}'|`);
    });

    test.each([
      "ssh://-oProxyCommand=x/data",
      "ssh://-l@host/data",
      "-oProxyCommand=x:data",
      "-l@host:data",
      "host:-data",
      "ho st:data",
      "host;x:data",
      "ssh://host/a%0Ab",
      "ssh://host/a%00b",
    ])("never hears of %s", async url => {
      expect(() => open(url)).toThrow(/cannot be one|no URL/);
    });
  });
});
