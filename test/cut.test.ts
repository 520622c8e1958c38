/** Connections to a git host that are cut in the middle, from the command line: the old state or the new one, and the same command works then. */
import { describe, expect, test } from "vitest";
import { GitHost } from "../packages/git/test/host.js";
import { smallRepository, type Shell } from "./cli/shell.js";

describe("a connection that is cut at any byte", () => {
  const cuts = Number(process.env["SHEAF_CUTS"] ?? 6);

  test("of a fetch: the old state stays, and the same fetch works then", async () => {
    const { host, ada } = await served();
    await ada.sheaf("clone", host.url, "bob");
    await ada.run(["import", "qa", "-", "--mode", "add"], { stdin: rowsOf(200) });
    await ada.sheaf("push");
    const total: number = (await ada.json("-C", "bob", "fetch"))[0].traffic.received;
    expect(total).toBeGreaterThan(500);
    for (let i = 0; i < cuts; i++) {
      const name = `cut${i}`;
      host.switches.cutAnswerAfter = Math.floor((total * i) / cuts);
      const { code, err } = await ada.run(["clone", host.url, name]);
      expect([host.switches.cutAnswerAfter, code, err.trimEnd().split("\n").length]).toEqual([
        expect.any(Number),
        6,
        1,
      ]);
      delete host.switches.cutAnswerAfter;
      await ada.sheaf("clone", host.url, name);
      expect(await ada.json("-C", name, "log")).toEqual(await ada.json("log"));
      await ada.sheaf("-C", name, "verify");
    }
  });

  test("of a push: the host has the old or the new commit, whole, and the same push works then", async () => {
    const { host, ada } = await served();
    for (let i = 0; i < cuts; i++) {
      await ada.run(["import", "qa", "-", "--mode", "add"], { stdin: rowsOf(60, i) });
      const before = host.git.run(["rev-parse", "main"]);
      host.switches.cutRequestAfter = Math.floor((3000 * i) / cuts);
      const { code, err } = await ada.run(["push"]);
      expect([i, code, err.trimEnd().split("\n").length]).toEqual([i, 6, 1]);
      expect(host.git.run(["rev-parse", "main"])).toBe(before);
      delete host.switches.cutRequestAfter;
      await ada.sheaf("push");
      expect(host.git.run(["rev-parse", "main~1"])).toBe(before);
    }
    expect(host.git.run(["fsck", "--full", "--strict"])).toBe("");
    await ada.sheaf("clone", host.url, "bob");
    expect(await ada.json("-C", "bob", "log")).toEqual(await ada.json("log"));
  });

  const rowsOf = (count: number, salt = 0) =>
    Array.from(
      { length: count },
      (_, i) => `${JSON.stringify({ i, salt, text: Math.sin(i + salt).toString(36) })}\n`,
    ).join("");

  async function served(): Promise<{ host: GitHost; ada: Shell }> {
    const host = await GitHost.start();
    const ada = await smallRepository();
    await ada.sheaf("remote", "add", "origin", host.url);
    await ada.sheaf("push", "-u", "origin", "main");
    return { host, ada };
  }
});
