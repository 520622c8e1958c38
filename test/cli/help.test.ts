/** Help: every command explains itself with an example, and the reference page is made of nothing else. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { verbs } from "../../packages/cli/src/verbs.js";
import { freshShell } from "./shell.js";

test.each([...verbs.keys()])("sheaf %s --help has an example and the options of every command", async name => {
  const { code, out, err } = await freshShell().run([name, "--help"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/\nExamples?:\n {2}# .+\n {2}\$ .*sheaf /);
  for (const option of ["-C <dir>", "--json", "--help"]) expect(out).toContain(option);
});

test("sheaf --help lists every command, and sheaf alone does so with 2", async () => {
  const shell = freshShell();
  const help = await shell.sheaf("--help");
  for (const name of verbs.keys()) expect(help).toContain(`\n  ${name} `);
  expect(await shell.run([])).toMatchObject({ code: 2, out: "", err: help });
});

test("docs/cli.md is what sheaf help --markdown prints", async () => {
  const page = fileURLToPath(new URL("../../docs/cli.md", import.meta.url));
  expect(readFileSync(page, "utf8")).toBe(await freshShell().sheaf("help", "--markdown"));
});
