import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StockGit } from "../../test/git.js";
import { zeroOid } from "../oid.js";
import { environment, open, push } from "../../test/exchange.js";

describe("through pipes", () => {
  test("a plain path", async () => {
    const git = StockGit.init("--bare");
    expect((await push(git.folder, "one\n")).refs).toMatchObject([{ ok: true }]);
  });

  test("a path that leads nowhere", async () => {
    await expect(open("/nonexistent/a").refs()).rejects.toMatchObject({
      code: "no-such-repository",
      data: { path: "/nonexistent/a" },
    });
  });

  test("git that is not installed", async () => {
    const git = StockGit.init("--bare");
    await expect(open(git.folder, { environment: { PATH: "/nonexistent" } }).refs()).rejects.toThrow(
      /git is not installed, or not on the PATH; install it, or use an https:/,
    );
  });

  test("ssh, called as git calls it", async () => {
    const git = StockGit.init("--bare");
    const ssh = join(git.folder, "ssh.sh");
    git.write("ssh.sh", '#!/bin/sh\nprintf "%s|" "$@" >> "$LOG"\nfor last; do :; done\nexec sh -c "$last"\n');
    const log = join(git.folder, "log");
    const env = { ...environment, LOG: log, GIT_SSH_COMMAND: `sh ${ssh}` };
    const url = `ssh://ada@host.example:2222${git.folder}`;
    expect((await push(url, "one\n", zeroOid, { environment: env })).refs).toMatchObject([{ ok: true }]);
    expect(readFileSync(log, "utf8")).toBe(`-p|2222|ada@host.example|git-receive-pack '${git.folder}'|`);
  });
});
