import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { Repository } from "@sheaf/core";
import { expect, onTestFinished, test } from "vitest";
import { findAuthor } from "./author.js";

const ada = { name: "Ada", email: "ada@example.org" };

/** A machine whose git knows this person, or nobody. */
function machine(git?: { name: string; email: string }) {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-author-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "gitconfig");
  writeFileSync(config, git ? `[user]\n\tname = ${git.name}\n\temail = ${git.email}\n` : "");
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_SYSTEM: config,
    HOME: folder,
  };
  const hints: string[] = [];
  return { env, folder, hints, hint: (text: string) => void hints.push(text) };
}

test("the environment comes first, then the repository's configuration, then git", async () => {
  const repository = await Repository.open(new MemoryDrive(), {
    platform: nodePlatform,
    create: true,
    author: () => ada,
  });
  const sources = machine({ name: "Git", email: "git@example.org" });
  expect(await findAuthor(repository.config, sources)).toEqual({ name: "Git", email: "git@example.org" });
  await repository.config.set("user.name", "Configured");
  expect(await findAuthor(repository.config, sources)).toEqual({ name: "Configured", email: "git@example.org" });
  sources.env["SHEAF_AUTHOR_NAME"] = "Ada";
  sources.env["SHEAF_AUTHOR_EMAIL"] = "ada@example.org";
  expect(await findAuthor(repository.config, sources)).toEqual(ada);
  expect(sources.hints).toEqual([]);
});

test("when nobody said who they are, the user of the machine is taken, with a hint", async () => {
  const sources = machine();
  const { name, email } = await findAuthor(undefined, sources);
  expect(email).toMatch(new RegExp(`^${name}@.+`));
  expect(sources.hints).toEqual([expect.stringContaining("sheaf config user.name")]);
});
